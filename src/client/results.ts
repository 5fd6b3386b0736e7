// Converts the wire models to the public ones.
import type { CommunicationIdentity, CommunicationIdentityAccessTokenResult } from "../generated/models.js";
import type {
  CommunicationAccessToken,
  CommunicationUserDetail,
  CommunicationUserIdentifier,
  CommunicationUserToken,
} from "../models.js";

export function toUser(result: CommunicationIdentityAccessTokenResult): CommunicationUserIdentifier {
  return result.identity ? { communicationUserId: result.identity.id } : raw(result);
}

export function toUserToken(result: CommunicationIdentityAccessTokenResult): CommunicationUserToken {
  const { identity, accessToken } = result;
  if (!identity) return raw(result);
  return { ...(accessToken as CommunicationAccessToken), user: { communicationUserId: identity.id } };
}

export function toUserDetail(identity: CommunicationIdentity): CommunicationUserDetail {
  const { id, ...detail } = identity;
  return id ? { user: { communicationUserId: id }, ...detail } : raw(identity);
}

/**
 * Returns the body as the service sent it. A result can lack its required members only with
 * `shouldDeserialize: false`, which asks for the raw body.
 */
function raw<Result>(body: unknown): Result {
  return body as Result;
}
