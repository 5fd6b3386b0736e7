import { deserializeCommunicationIdentityAccessTokenResult } from "../generated/models.js";
import { type createIdentity, createIdentityOperation } from "../generated/operations.js";
import { sendOperation } from "../operation/sendOperation.js";

const operation: typeof createIdentityOperation = {
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
  sendOperation(context, operation, { body }, options);
