// Converts the wire models to the public ones.
import {
  type CommunicationIdentity,
  type CommunicationIdentityAccessTokenResult,
  deserializeCommunicationIdentityAccessTokenResult,
} from "../generated/models.js";
import { type createIdentity, createIdentityOperation } from "../generated/operations.js";
import type {
  CommunicationAccessToken,
  CommunicationUserDetail,
  CommunicationUserIdentifier,
  CommunicationUserToken,
} from "../models.js";
import { sendOperation } from "../operation/sendOperation.js";

export function toUser(result: CommunicationIdentityAccessTokenResult): CommunicationUserIdentifier {
  return result.identity ? { communicationUserId: result.identity.id } : raw(result);
}

const createIdentityWithTokenOperation: typeof createIdentityOperation = {
  ...createIdentityOperation,
  /** Throws if there is no token. The error's `details.identity.id` names the user that was created. */
  deserialize(body) {
    const result = deserializeCommunicationIdentityAccessTokenResult(body);
    if (result.accessToken) return result;
    const error = new TypeError("the response has no token; details.identity.id is the id of the new user");
    throw Object.assign(error, { details: { identity: result.identity } });
  },
};

/** Creates an identity and requires the token, which is optional in the wire model. */
export const createIdentityWithToken: typeof createIdentity = (context, body, options) =>
  sendOperation(context, createIdentityWithTokenOperation, { body }, options);

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
