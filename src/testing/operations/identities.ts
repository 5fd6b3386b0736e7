import type { ServiceCore } from "../serviceCore.js";
import { bindingError, identityNotOwned } from "../serviceError.js";
import type { User } from "../state/serviceState.js";
import { createUser, nextUserId } from "../users.js";
import { hasMember } from "../wire/apiVersion.js";
import { requiredBody } from "../wire/requestBody.js";
import { formatSeconds, issueToken } from "./issueToken.js";
import type { Answer, Call } from "./operation.js";
import { requestedMinutes, requiredScopes } from "./tokenRequest.js";

export async function createIdentity(core: ServiceCore, call: Call): Promise<Answer> {
  const withToken = call.body?.createTokenWithScopes != null;
  const scopes = withToken ? requiredScopes(call, "createTokenWithScopes") : [];
  const minutes = requestedMinutes(call);
  const user = findOrCreateUser(core, requestedCustomId(call));
  const identity = identityOf(user, call);
  if (!withToken) return { status: 201, body: { identity } };
  const accessToken = await issueToken(core, user, scopes, core.clock.time + minutes * 60_000);
  return { status: 201, body: { identity, accessToken } };
}

export function getIdentity(core: ServiceCore, call: Call): Answer {
  return {
    status: 200,
    body: identityOf(ownedUser(core, call), call),
    headers: [["Accept-Ranges", "bytes"]],
  };
}

export function deleteIdentity(core: ServiceCore, call: Call): Answer {
  core.state.record({ type: "userDeleted", user: ownedUser(core, call).number });
  return { status: 204 };
}

export function revokeAccessTokens(core: ServiceCore, call: Call): Answer {
  const user = ownedUser(core, call);
  const upTo = core.state.nextToken - 1;
  core.state.record({ type: "tokensRevoked", user: user.number, upTo, at: core.clock.time });
  return { status: 204 };
}

export async function issueAccessToken(core: ServiceCore, call: Call): Promise<Answer> {
  requiredBody(call.body);
  const scopes = requiredScopes(call, "scopes");
  const minutes = requestedMinutes(call);
  const user = ownedUser(core, call);
  return { status: 200, body: await issueToken(core, user, scopes, core.clock.time + minutes * 60_000) };
}

/** The user in the path. @throws ServiceError 401 when it is another resource's, deleted, or never was. */
function ownedUser({ settings, state }: ServiceCore, { parameters: { id = "" } }: Call): User {
  if (!id.startsWith(`8:acs:${settings.resourceId}_`)) {
    throw identityNotOwned(`Ids of this resource start with 8:acs:${settings.resourceId}_`);
  }
  const user = state.user(id);
  if (!user) throw identityNotOwned("The id is this resource's, but the user was deleted or never existed");
  return user;
}

function findOrCreateUser(core: ServiceCore, customId: string | undefined): User {
  const existing = customId === undefined ? undefined : core.state.userByCustomId(customId);
  return existing ?? createUser(core, nextUserId(core), customId);
}

function requestedCustomId({ route, body, version }: Call): string | undefined {
  const value = hasMember(route, "customId", version) ? body?.customId : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string")
    throw bindingError("CustomId", "The JSON value could not be converted to a string.");
  if (value.length < 1 || value.length > 256) {
    throw bindingError("CustomId", "The CustomId field must have a length of 1 to 256 characters.");
  }
  return value;
}

/** The members that the version has, in the recorded order. */
function identityOf({ id, customId, lastTokenIssuedAt }: User, { route, version }: Call): object {
  const known = route.operation === "getIdentity" || hasMember(route, "customId", version);
  if (!known) return { id };
  return {
    ...(customId === undefined ? {} : { customId }),
    ...(lastTokenIssuedAt === undefined ? {} : { lastTokenIssuedAt: formatSeconds(lastTokenIssuedAt) }),
    id,
  };
}
