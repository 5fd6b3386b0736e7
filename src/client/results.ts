// Converts the wire models to the public ones.
import type { CommunicationIdentityAccessTokenResult } from "../generated/models.js";
import type {
  CommunicationAccessToken,
  CommunicationUserIdentifier,
  CommunicationUserToken,
} from "../models.js";

// Only with `shouldDeserialize: false`, which asks for the raw body, can a result lack its required members.
export function toUser(result: CommunicationIdentityAccessTokenResult): CommunicationUserIdentifier {
  return result.identity ? { communicationUserId: result.identity.id } : (result as never);
}

export function toUserToken(result: CommunicationIdentityAccessTokenResult): CommunicationUserToken {
  const { identity, accessToken } = result;
  if (!identity) return result as never;
  return { ...(accessToken as CommunicationAccessToken), user: { communicationUserId: identity.id } };
}
