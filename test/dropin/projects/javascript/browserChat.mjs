// A page's script that uses a connection string directly, as a quickstart does.
import { CommunicationIdentityClient } from "@azure/communication-identity";

const connectionString = process.env.COMMUNICATION_CONNECTION_STRING;
const endpointUrl = connectionString.split(";")[0].replace("endpoint=", "");

const identityClient = new CommunicationIdentityClient(connectionString);
const identityResponse = await identityClient.createUser();
const tokenResponse = await identityClient.getToken(identityResponse, ["voip", "chat"]);
console.log(new URL(endpointUrl).pathname, typeof tokenResponse.token, identityResponse);
