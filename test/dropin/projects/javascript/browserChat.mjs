// A page's script that was given a connection string, as a quickstart does it.
import { CommunicationIdentityClient } from "@azure/communication-identity";

const connectionString = process.env.COMMUNICATION_CONNECTION_STRING;
const endpointUrl = connectionString.split(";")[0].replace("endpoint=", "");

const identityClient = new CommunicationIdentityClient(connectionString);
const identityResponse = await identityClient.createUser();
const tokenResponse = await identityClient.getToken(identityResponse, ["voip", "chat"]);
console.log(new URL(endpointUrl).pathname, typeof tokenResponse.token, identityResponse);
