// From the models of the wire to those that users see.
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
  /** Without a token it is a failure, whose `details.identity.id` names the user that was created. */
  deserialize(body) {
    const result = deserializeCommunicationIdentityAccessTokenResult(body);
    if (result.accessToken) return result;
    const error = new TypeError("the user has no token; details.identity.id names it");
    throw Object.assign(error, { details: { identity: result.identity } });
  },
};

/** Creates an identity with a token, which the wire model leaves open. */
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
 * Passes on what the service said, whatever its type. A result lacks its required members only with
 * `shouldDeserialize: false`, which asks for this.
 */
function raw<Result>(body: unknown): Result {
  return body as Result;
}
