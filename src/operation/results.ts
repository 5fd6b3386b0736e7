// From the shapes of the wire to those that users see. A wire object without its required members comes only from
// `shouldDeserialize: false`, where a caller asked for whatever the service said: that passes through as it is.
import type { CommunicationIdentity, CommunicationIdentityAccessTokenResult } from "../generated/models.js";
import { createIdentity } from "../generated/operations.js";
import type {
  CommunicationAccessToken,
  CommunicationUserDetail,
  CommunicationUserIdentifier,
  CommunicationUserToken,
} from "../models.js";

export function toUser(result: CommunicationIdentityAccessTokenResult): CommunicationUserIdentifier {
  return result.identity ? { communicationUserId: result.identity.id } : (result as never);
}

/** Creates an identity with a token; without one it is a failure, whose `details.identity.id` names the user. */
export const createIdentityWithToken: typeof createIdentity = (context, body, options) =>
  createIdentity({ ...context, check: requireToken }, body, options);

function requireToken({ identity, accessToken }: CommunicationIdentityAccessTokenResult): void {
  if (accessToken) return;
  const message = "the user has no token; details.identity.id names it";
  throw Object.assign(new TypeError(message), { details: { identity } });
}

export function toUserToken(result: CommunicationIdentityAccessTokenResult): CommunicationUserToken {
  const { identity, accessToken } = result;
  if (!identity) return result as never;
  return { ...(accessToken as CommunicationAccessToken), user: { communicationUserId: identity.id } };
}

export function toUserDetail(identity: CommunicationIdentity): CommunicationUserDetail {
  const { id, ...detail } = identity;
  return id ? { user: { communicationUserId: id }, ...detail } : (identity as never);
}
