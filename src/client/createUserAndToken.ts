import { deserializeCommunicationIdentityAccessTokenResult } from "../generated/models.js";
import { createUser } from "../generated/operations.js";

/** The operation that creates a user and a token. On the wire it is `createUser` with scopes, whose result needn't have a token. */
export const createUserAndToken: typeof createUser = {
  ...createUser,
  name: "createUserAndToken",
  deserialize(body) {
    const result = deserializeCommunicationIdentityAccessTokenResult(body);
    if (result.accessToken) return result;
    throw new TypeError("it has no token; details.identity.id is the new user");
  },
};
