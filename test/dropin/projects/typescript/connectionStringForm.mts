// An admin page that creates a client at each keystroke, and catches what incomplete connection strings throw.
import { parseConnectionString } from "@azure/communication-common";
import { CommunicationIdentityClient } from "@azure/communication-identity";

const connectionString = process.env.COMMUNICATION_CONNECTION_STRING ?? "";

function clientOf(text: string): CommunicationIdentityClient | undefined {
  try {
    return new CommunicationIdentityClient(text);
  } catch (error) {
    return error instanceof Error ? undefined : (error as never);
  }
}

for (const length of [0, 1, 9, 12])
  console.log(length, clientOf(connectionString.slice(0, length)) === undefined);
const client = clientOf(connectionString);
console.log(parseConnectionString(connectionString).endpoint === connectionString.split(";")[0]?.slice(9));
const people = ["Ann", "Ben"];
for (const name of people) {
  const answer = await client?.createUserAndToken(["chat"]);
  console.log(name, answer?.user);
}
