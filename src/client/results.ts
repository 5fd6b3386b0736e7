// Converts the wire models to the public ones.
import {
  type CommunicationIdentityAccessTokenResult,
  deserializeCommunicationIdentityAccessTokenResult,
} from "../generated/models.js";
import { createUser } from "../generated/operations.js";
import type {
  CommunicationAccessToken,
  CommunicationUserIdentifier,
  CommunicationUserToken,
} from "../models.js";

/** Creates a user and requires its token, which is optional in the wire model. */
export const createUserAndToken: typeof createUser = {
  ...createUser,
  name: "createUserAndToken",
  deserialize(body) {
    const result = deserializeCommunicationIdentityAccessTokenResult(body);
    if (result.accessToken) return result;
    throw new TypeError("it has no token; details.identity.id is the new user");
  },
};

// Only with `shouldDeserialize: false`, which asks for the raw body, can a result lack its required members.
export function toUser(result: CommunicationIdentityAccessTokenResult): CommunicationUserIdentifier {
  return result.identity ? { communicationUserId: result.identity.id } : (result as never);
}

export function toUserToken(result: CommunicationIdentityAccessTokenResult): CommunicationUserToken {
  const { identity, accessToken } = result;
  if (!identity) return result as never;
  return { ...(accessToken as CommunicationAccessToken), user: { communicationUserId: identity.id } };
}
