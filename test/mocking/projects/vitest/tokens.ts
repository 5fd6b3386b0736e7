import {
  CommunicationIdentityClient,
  type CommunicationIdentityClientOptions,
  type CommunicationUserToken,
} from "acs-identity";

/** The code under test, which creates its own client. */
export function issueToken(
  options: CommunicationIdentityClientOptions = {},
): Promise<CommunicationUserToken> {
  const client = new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING ?? "", options);
  return client.createUserAndToken(["chat"], { tokenExpiresInMinutes: 60 });
}
