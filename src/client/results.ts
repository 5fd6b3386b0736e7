// Converts the wire models to the public ones.
import type { CommunicationIdentityAccessTokenResult } from "../generated/models.js";
import type {
  CommunicationAccessToken,
  CommunicationUserIdentifier,
  CommunicationUserToken,
} from "../models.js";

/** Only with `shouldDeserialize: false`, which asks for the raw body, can a result lack its required members. */
function raw<Result>(body: unknown): Result {
  return body as Result;
}

export function toUser(result: CommunicationIdentityAccessTokenResult): CommunicationUserIdentifier {
  return result.identity ? { communicationUserId: result.identity.id } : raw(result);
}

export function toUserToken(result: CommunicationIdentityAccessTokenResult): CommunicationUserToken {
  const { identity, accessToken } = result;
  if (!identity) return raw(result);
  return { ...(accessToken as CommunicationAccessToken), user: { communicationUserId: identity.id } };
}
