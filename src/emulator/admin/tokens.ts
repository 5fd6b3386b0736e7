import { check } from "../../testing/check.js";
import type { ServiceCore } from "../../testing/serviceCore.js";
import type { TokenIssued } from "../../testing/state/events.js";
import type { User } from "../../testing/state/serviceState.js";
import { signAccessToken } from "../../testing/tokens/accessToken.js";
import type { JsonObject } from "../../testing/wire/requestBody.js";
import {
  type AdminCall,
  AdminError,
  type AdminRoute,
  dateText,
  limit,
  limitOf,
  optionalMembers,
  optionalNumber,
  optionalText,
  post,
  read,
  requiredText,
} from "./adminRoute.js";

export const tokenRoutes: readonly AdminRoute[] = [
  read("/tokens", ({ core, query }) => ({ tokens: wireTokens(core, limitOf(query)) }), { limit }),
  read("/tokens/{number}", showToken),
  post("/tokens:inspect", 200, ({ service, body }) => service.inspectToken(requiredText(body, "token")), {
    token: "string, required",
  }),
  post("/teamsUserTokens", 201, makeTeamsUserToken, {
    appId: "GUID, required",
    userId: "GUID, required",
    expiresInMinutes: "number",
  }),
  post("/entraTokens", 201, makeEntraToken, {
    scope: "string, several separated by spaces, or an array of strings",
    tenantId: "GUID",
    objectId: "GUID",
    clientId: "GUID",
    expiresInMinutes: "number",
  }),
];

/** Lists up to `size` unexpired tokens, newest first, without the JWTs, which aren't stored. */
export function wireTokens(core: ServiceCore, size: number, user?: User): object[] {
  const newest = new NewestTokens(size);
  for (const token of core.state.tokens(core.clock.time, user && [user])) newest.add(token);
  return newest.list().map((token) => wireToken(core, token));
}

/** Lists the tokens of many users in one pass over all tokens. The keys are the users' numbers. */
export function tokensOfUsers(
  core: ServiceCore,
  users: readonly User[],
  size: number,
): Map<number, { tokenCount: number; tokens: object[] }> {
  const issued = new Map(users.map(({ number }) => [number, new NewestTokens(size)]));
  for (const token of core.state.tokens(core.clock.time, users)) issued.get(token.user)?.add(token);
  return new Map(
    [...issued].map(([user, newest]) => [
      user,
      { tokenCount: newest.count, tokens: newest.list().map((token) => wireToken(core, token)) },
    ]),
  );
}

/** Keeps the newest of the tokens that are added, and counts them all. */
class NewestTokens {
  count = 0;
  readonly #size: number;
  #newest: TokenIssued[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  add(token: TokenIssued): void {
    this.count += 1;
    this.#newest.push(token);
    // Sorting a million tokens at once would block everything else for a second.
    if (this.#newest.length >= this.#size * 8) this.#newest = this.list();
  }

  /** Newest first. */
  list(): TokenIssued[] {
    return this.#newest.sort((one, other) => other.token - one.token).slice(0, this.#size);
  }
}

/** Returns the JWT. It isn't stored, but signing the same content again gives the same token. */
async function showToken({ core, parameters }: AdminCall): Promise<object> {
  const number = Number(parameters.number);
  for (const { token, user, scopes, issuedAt, expiresAt } of core.state.tokens(core.clock.time)) {
    const userId = token === number ? core.state.userByNumber(user)?.id : undefined;
    if (userId === undefined) continue;
    return {
      token: await signAccessToken(core.settings, { token, userId, scopes, issuedAt, expiresAt }),
    };
  }
  throw new AdminError(404, "There is no unexpired token with this number");
}

function wireToken(
  { state }: ServiceCore,
  { token, user: number, scopes, issuedAt, expiresAt }: TokenIssued,
): object {
  const user = state.userByNumber(number);
  const revokedAt = user && state.revokedAt(user, token);
  return {
    number: token,
    userId: user?.id,
    scopes: scopes.split(","),
    issuedAt: dateText(issuedAt * 1000),
    expiresOn: dateText(expiresAt * 1000),
    revokedAt: dateText(revokedAt),
  };
}

async function makeTeamsUserToken({ service, body }: AdminCall): Promise<object> {
  const token = await service.createTeamsUserToken({
    appId: requiredText(body, "appId"),
    userId: requiredText(body, "userId"),
    ...optionalMembers(body, optionalNumber, "expiresInMinutes"),
  });
  return { token };
}

/** @throws TypeError when it is neither a string nor an array of strings. */
function scopesIn({ scope, ...body }: JsonObject): string | string[] | undefined {
  if (!Array.isArray(scope)) return optionalText({ ...body, scope }, "scope");
  check(
    scope.length > 0 && scope.every((one) => typeof one === "string"),
    "scope must be an array of strings",
  );
  return scope;
}

/** Issues a bearer token for an application or, with the scope of an exchange, for a user. */
async function makeEntraToken({ service, body }: AdminCall): Promise<object> {
  const scope = scopesIn(body) ?? "https://communication.azure.com//.default";
  const credential = service.createTokenCredential({
    ...optionalMembers(body, optionalText, "tenantId", "objectId", "clientId"),
    ...optionalMembers(body, optionalNumber, "expiresInMinutes"),
  });
  return { token: (await credential.getToken(scope))?.token };
}
