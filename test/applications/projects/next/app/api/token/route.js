import { CommunicationIdentityClient } from "@azure/communication-identity";

let client;

export async function POST() {
  // Made at the first request: `next build` loads this module, too, where the variable isn't set.
  client ??= new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING ?? "");
  const { token, expiresOn } = await client.createUserAndToken(["voip"]);
  return Response.json({ token, expiresOn });
}
