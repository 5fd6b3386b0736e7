// The members of errors that error handlers read.
import { CommunicationIdentityClient } from "@azure/communication-identity";

const client = new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING);
const user = await client.createUser();

async function report(call) {
  try {
    await call();
  } catch (error) {
    const { name, code, statusCode, message, details } = error;
    console.log({ name, code, statusCode, message, details });
    console.log(error instanceof Error, error.request.method, error.response.status);
    console.log(["code", "statusCode", "details", "name"].every((key) => Object.keys(error).includes(key)));
  }
}

await report(() => client.getToken(user, []));
await report(() => client.getToken(user, ["chat"], { tokenExpiresInMinutes: 59 }));
await report(() => client.getToken({ communicationUserId: "8:acs:someone-elses_user" }, ["chat"]));
await report(() => client.deleteUser({ communicationUserId: "8:acs:someone-elses_user" }));
const clientId = crypto.randomUUID();
await report(() => client.getTokenForTeamsUser({ teamsUserAadToken: "x", clientId, userObjectId: clientId }));
const wrongKey = process.env.COMMUNICATION_CONNECTION_STRING.replace(/accesskey=.*/, "accesskey=AAAA");
await report(() => new CommunicationIdentityClient(wrongKey).createUser());
