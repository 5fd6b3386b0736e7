import { bindingError, identityDoesNotExist, identityNotOwned, requiredField } from "../httpError.js";
import type { ServiceCore } from "../serviceCore.js";
import type { User } from "../state/serviceState.js";
import type { Draft } from "../state/store.js";
import { addUser, nextUserId, revokeTokensOf } from "../users.js";
import { hasMember } from "../wire/apiVersion.js";
import { requiredBody } from "../wire/requestBody.js";
import { boundText } from "./binding.js";
import type { Call, OperationResult } from "./handler.js";
import { formatSeconds, issueToken, signToken } from "./issueToken.js";
import { boundTokenRequest, checkedMinutes, checkedScopes } from "./tokenRequest.js";

/** Creates a user and, for `createUserAndToken`, its first token. */
export async function createUser(core: ServiceCore, call: Call): Promise<OperationResult> {
  const request = boundTokenRequest(call, "createTokenWithScopes");
  const customId = requestedCustomId(call);
  const scopes = request.scopes && checkedScopes(request.scopes, call.version);
  const minutes = checkedMinutes(request.minutes);
  const { identity, token } = await core.store.change((draft) => {
    const user = findOrCreateUser(core, draft, customId);
    return {
      identity: identityOf(user, call),
      token: scopes && issueToken(core, draft, user, scopes, core.clock.time + minutes * 60_000),
    };
  });
  if (!token) return { status: 201, body: { identity } };
  return { status: 201, body: { identity, accessToken: await signToken(core, token) } };
}

export function getUserDetail(core: ServiceCore, call: Call): OperationResult {
  return {
    status: 200,
    body: identityOf(ownedUser(core, call), call),
    headers: [["Accept-Ranges", "bytes"]],
  };
}

export async function deleteUser(core: ServiceCore, call: Call): Promise<OperationResult> {
  await core.store.change((draft) => draft.add({ type: "userDeleted", user: ownedUser(core, call).number }));
  return { status: 204 };
}

export async function revokeTokens(core: ServiceCore, call: Call): Promise<OperationResult> {
  await core.store.change((draft) => revokeTokensOf(draft, core.clock.time, ownedUser(core, call)));
  return { status: 204 };
}

export async function getToken(core: ServiceCore, call: Call): Promise<OperationResult> {
  requiredBody(call.body);
  const request = boundTokenRequest(call, "scopes");
  if (!request.scopes) throw requiredField("Scopes");
  const scopes = checkedScopes(request.scopes, call.version);
  const minutes = checkedMinutes(request.minutes);
  const token = await core.store.change((draft) =>
    issueToken(core, draft, ownedUser(core, call), scopes, core.clock.time + minutes * 60_000),
  );
  return { status: 200, body: await signToken(core, token) };
}

/** Returns the user in the path. @throws HttpError 401 if it is another resource's or doesn't exist. */
function ownedUser({ settings, state, store }: ServiceCore, { parameters: { id = "" } }: Call): User {
  if (!id.startsWith(`8:acs:${settings.resourceId}_`)) {
    throw identityNotOwned(`Ids of this resource start with 8:acs:${settings.resourceId}_`);
  }
  const user = state.user(id);
  if (!user) {
    const restarted = store.writer
      ? ""
      : ". A restart of the emulator also loses its users, unless it runs with --data FILE";
    throw identityDoesNotExist(
      `The id is this resource's, but the user was deleted or never existed${restarted}. Create a user, and store its id`,
    );
  }
  return user;
}

function findOrCreateUser(
  { state, settings, clock }: ServiceCore,
  draft: Draft,
  customId: string | undefined,
): User {
  const existing = customId === undefined ? undefined : state.userByCustomId(customId);
  return existing ?? addUser(draft, clock.time, nextUserId(settings, draft), customId);
}

function requestedCustomId({ route, body, version }: Call): string | undefined {
  if (!hasMember(route, "customId", version)) return undefined;
  const value = boundText(body?.customId, "CustomId");
  if (value !== undefined && (value.length < 1 || value.length > 256)) {
    throw bindingError("CustomId", "The CustomId field must have a length of 1 to 256 characters.");
  }
  return value;
}

/** Returns the members that the API version has, in the order of recorded responses. */
function identityOf({ id, customId, lastTokenIssuedAt }: User, { route, version }: Call): object {
  const known = route.operation === "getUserDetail" || hasMember(route, "customId", version);
  if (!known) return { id };
  return {
    ...(customId === undefined ? {} : { customId }),
    ...(lastTokenIssuedAt === undefined ? {} : { lastTokenIssuedAt: formatSeconds(lastTokenIssuedAt) }),
    id,
  };
}
