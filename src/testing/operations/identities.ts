import type { Fake } from "../service/fake.js";
import { addUser, ownedUser, removeUser, revokeTokensOf } from "../service/users.js";
import type { User } from "../state/entries/user.js";
import type { OperationInput, OperationResult } from "../wire/admission.js";
import { hasMember } from "../wire/apiVersion.js";
import { bindingError, requiredField } from "../wire/httpError.js";
import { boundText, requiredBody } from "../wire/requestBody.js";
import { formatSeconds, issueToken, signToken } from "./issueToken.js";
import { boundTokenRequest, checkedMinutes, checkedScopes } from "./tokenRequest.js";

/** Creates a user and, for `createUserAndToken`, its first token. */
export async function createUser(fake: Fake, input: OperationInput): Promise<OperationResult> {
  const request = boundTokenRequest(input, "createTokenWithScopes");
  const customId = requestedCustomId(input);
  const scopes = request.scopes && checkedScopes(request.scopes, input.version);
  const minutes = checkedMinutes(request.minutes);
  const { userId, identity, token } = await fake.store.change((draft) => {
    const known = customId === undefined ? undefined : fake.state.userByCustomId(customId);
    const user = known ?? addUser(fake, draft, fake.clock.time, customId === undefined ? {} : { customId });
    return {
      userId: user.id,
      identity: identityBody(user),
      token:
        scopes &&
        issueToken(fake, draft, user, scopes, fake.clock.time + minutes * 60_000, { caller: input.caller }),
    };
  });
  const body = token ? { identity, accessToken: await signToken(fake, token) } : { identity };
  return { status: 201, body, userId };
}

export function getUserDetail(fake: Fake, input: OperationInput): OperationResult {
  return {
    status: 200,
    body: identityBody(ownedUser(fake, idIn(input))),
    headers: [["Accept-Ranges", "bytes"]],
  };
}

export async function deleteUser(fake: Fake, input: OperationInput): Promise<OperationResult> {
  await fake.store.change((draft) =>
    removeUser(fake.settings, draft, fake.clock.time, ownedUser(fake, idIn(input))),
  );
  return { status: 204 };
}

export async function revokeTokens(fake: Fake, input: OperationInput): Promise<OperationResult> {
  await fake.store.change((draft) => revokeTokensOf(draft, fake.clock.time, ownedUser(fake, idIn(input))));
  return { status: 204 };
}

export async function getToken(fake: Fake, input: OperationInput): Promise<OperationResult> {
  requiredBody(input.body);
  const request = boundTokenRequest(input, "scopes");
  if (!request.scopes) throw requiredField("Scopes");
  const scopes = checkedScopes(request.scopes, input.version);
  const minutes = checkedMinutes(request.minutes);
  const token = await fake.store.change((draft) =>
    issueToken(fake, draft, ownedUser(fake, idIn(input)), scopes, fake.clock.time + minutes * 60_000, {
      caller: input.caller,
    }),
  );
  return { status: 200, body: await signToken(fake, token) };
}

function idIn({ pathParameters: { id = "" } }: OperationInput): string {
  return id;
}

function requestedCustomId({ route, body, version }: OperationInput): string | undefined {
  if (!hasMember(route, "customId", version)) return undefined;
  const value = boundText(body?.customId, "CustomId");
  if (value !== undefined && (value.length < 1 || value.length > 256)) {
    throw bindingError("CustomId", "The CustomId field must have a length of 1 to 256 characters.");
  }
  return value;
}

/** Returns a user with the members in the order of recorded responses. New users have an `id` only. */
function identityBody({ id, customId, lastTokenIssuedAt }: User): object {
  return {
    ...(customId === undefined ? {} : { customId }),
    ...(lastTokenIssuedAt === undefined ? {} : { lastTokenIssuedAt: formatSeconds(lastTokenIssuedAt) }),
    id,
  };
}
