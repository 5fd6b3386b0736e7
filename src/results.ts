// From the shapes of the wire to those that users see. A wire object without its required members comes only from
// `shouldDeserialize: false`, where a caller asked for whatever the service said: that passes through as it is.
import { RestError } from "@azure/core-rest-pipeline";
import type { CommunicationIdentity, CommunicationIdentityAccessTokenResult } from "./generated/models.js";
import type {
  CommunicationUserDetail,
  CommunicationUserIdentifier,
  CommunicationUserToken,
} from "./models.js";

export function toUser(result: CommunicationIdentityAccessTokenResult): CommunicationUserIdentifier {
  return result.identity ? { communicationUserId: result.identity.id } : (result as never);
}

/** @throws RestError when the user was created without a token; `details.identity.id` then names the user. */
export function toUserToken(result: CommunicationIdentityAccessTokenResult): CommunicationUserToken {
  const { identity, accessToken } = result;
  if (!identity) return result as never;
  if (!accessToken) {
    const message = "The user was created without a token; details.identity.id names it.";
    throw Object.assign(new RestError(message, { code: RestError.PARSE_ERROR }), { details: { identity } });
  }
  return { ...accessToken, user: { communicationUserId: identity.id } };
}

export function toUserDetail(identity: CommunicationIdentity): CommunicationUserDetail {
  const { id, ...detail } = identity;
  return id ? { user: { communicationUserId: id }, ...detail } : (identity as never);
}
