import { check } from "../../testing/check.js";
import type { ServiceCore } from "../../testing/serviceCore.js";
import type { TokenIssued } from "../../testing/state/events.js";
import type { User } from "../../testing/state/serviceState.js";
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
    token: "text, required",
  }),
  post("/teamsUserTokens", 201, makeTeamsUserToken, {
    appId: "GUID, required",
    userId: "GUID, required",
    expiresInMinutes: "number",
  }),
  post("/entraTokens", 201, makeEntraToken, {
    scope: "text, several separated by spaces, or an array of texts",
    tenantId: "GUID",
    objectId: "GUID",
    clientId: "GUID",
    expiresInMinutes: "number",
  }),
];

/** Unexpired tokens, the newest first; at most `size`. The tokens themselves are kept nowhere. */
export function wireTokens(core: ServiceCore, size: number, user?: User): object[] {
  const newest = new NewestTokens(size);
  for (const token of core.state.tokens(core.clock.time, user && [user])) newest.add(token);
  return newest.list().map((token) => wireToken(core, token));
}

/** What `wireTokens` lists for each of many users, in one pass over all tokens. By the user's number. */
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

/** The newest of all tokens that were added. */
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
    // Among a million tokens, sorting them all would stop everything else for a second.
    if (this.#newest.length >= this.#size * 8) this.#newest = this.list();
  }

  /** Newest first. */
  list(): TokenIssued[] {
    return this.#newest.sort((one, other) => other.token - one.token).slice(0, this.#size);
  }
}

/** The token itself. It is kept nowhere, but signing the same content again gives the same token. */
async function showToken({ core, parameters }: AdminCall): Promise<object> {
  const number = Number(parameters.number);
  for (const { token, user, scopes, issuedAt, expiresAt } of core.state.tokens(core.clock.time)) {
    const userId = token === number ? core.state.userByNumber(user)?.id : undefined;
    if (userId === undefined) continue;
    return { token: await core.issuer.sign({ token, userId, scopes, issuedAt, expiresAt }) };
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

/** @throws TypeError when it is neither a text nor an array of texts. */
function scopesIn({ scope, ...body }: JsonObject): string | string[] | undefined {
  if (!Array.isArray(scope)) return optionalText({ ...body, scope }, "scope");
  check(scope.length > 0 && scope.every((one) => typeof one === "string"), "scope must be an array of texts");
  return scope;
}

/** The bearer token of an application or, with the scope of an exchange, of a user. */
async function makeEntraToken({ service, body }: AdminCall): Promise<object> {
  const scope = scopesIn(body) ?? "https://communication.azure.com//.default";
  const credential = service.createTokenCredential({
    ...optionalMembers(body, optionalText, "tenantId", "objectId", "clientId"),
    ...optionalMembers(body, optionalNumber, "expiresInMinutes"),
  });
  return { token: (await credential.getToken(scope))?.token };
}
