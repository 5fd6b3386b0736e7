import { CommunicationIdentityClient, type CommunicationUserToken } from "acs-identity";

/** The code under test, which creates its own client. */
export function issueToken(): Promise<CommunicationUserToken> {
  const client = new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING ?? "");
  return client.createUserAndToken(["chat"], { tokenExpiresInMinutes: 60 });
}
