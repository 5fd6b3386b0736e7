import { newestApiVersion } from "../../generated/apiVersions.js";
import { check } from "../../testing/check.js";
import { texts } from "../../testing/kinds.js";
import {
  checkedMinutes,
  checkedScopes,
  issueToken,
  signAccessToken,
  signToken,
  type UnsignedToken,
} from "../../testing/operations/issueToken.js";
import type { ServiceCore } from "../../testing/serviceCore.js";
import type { TokenIssued } from "../../testing/state/events.js";
import type { User } from "../../testing/state/serviceState.js";
import type { Draft } from "../../testing/state/store.js";
import type { TeamsUserTokenOptions } from "../../testing/tokens/entraTokens.js";
import type { JsonObject } from "../../testing/wire/requestBody.js";
import { boundInteger, boundTexts } from "../../testing/wire/requestBody.js";
import { type AdminCall, type AdminRow, dateText, get, limit, limitOf, post, refused } from "./adminRow.js";
import type {
  EntraTokenRequest,
  ListedToken,
  NewToken,
  TokenList,
  TokensOfUser,
  TokenText,
} from "./models.js";

export const tokenRoutes: readonly AdminRow[] = [
  get("/tokens", ({ core, query }): TokenList => ({ tokens: wireTokens(core, limitOf(query)) }), { limit }),
  get("/tokens/{number}", showToken),
  post("/tokens:inspect", 200, ({ service, body }) => service.inspectToken(body.token as string), {
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
  } satisfies Record<keyof EntraTokenRequest, string>),
];

/** Lists up to `size` unexpired tokens, newest first, without the JWTs, which aren't stored. */
export function wireTokens(core: ServiceCore, size: number, user?: User): ListedToken[] {
  const tokens = [...core.state.tokens(core.clock.time)];
  const listed = user ? tokens.filter((token) => token.user === user.number) : tokens;
  return newest(core, listed, size);
}

/** Lists the tokens of many users. The keys are the users' numbers. */
export function tokensOfUsers(
  core: ServiceCore,
  users: readonly User[],
  size: number,
): Map<number, TokensOfUser> {
  const issued = new Map(users.map(({ number }) => [number, [] as TokenIssued[]]));
  for (const token of core.state.tokens(core.clock.time)) issued.get(token.user)?.push(token);
  return new Map(
    [...issued].map(([user, tokens]) => [
      user,
      { tokenCount: tokens.length, tokens: newest(core, tokens, size) },
    ]),
  );
}

function newest(core: ServiceCore, tokens: readonly TokenIssued[], size: number): ListedToken[] {
  return tokens
    .slice(-size)
    .reverse()
    .map((token) => wireToken(core, token));
}

/** Returns the JWT. It isn't stored, but signing the same content again gives the same token. */
async function showToken({ core, parameters }: AdminCall): Promise<TokenText> {
  const number = Number(parameters.number);
  for (const issued of core.state.tokens(core.clock.time)) {
    const user = issued.token === number ? core.state.userByNumber(issued.user) : undefined;
    if (user) return { token: await signAccessToken(core.settings, user.id, issued) };
  }
  throw refused(404, "There is no unexpired token with this number");
}

function wireToken({ state }: ServiceCore, issued: TokenIssued): ListedToken {
  const { token, scopes, issuedAt, expiresAt } = issued;
  const user = state.userByNumber(issued.user);
  const revokedAt = user && state.revokedAt(user, issued);
  return {
    number: token,
    userId: user?.id,
    scopes: scopes.split(","),
    issuedAt: dateText(issuedAt * 1000),
    expiresOn: dateText(expiresAt * 1000),
    revokedAt: dateText(revokedAt),
  };
}

/** What a new token shall have. */
export interface TokenRequest {
  readonly scopes: readonly string[];
  readonly minutes: number;
}

/** Reads the scopes and the lifetime, if the body has scopes. @throws HttpError as the service does. */
export function tokenRequestIn(body: JsonObject): TokenRequest | undefined {
  const scopes = boundTexts(body.scopes, "Scopes");
  const minutes = checkedMinutes(boundInteger(body.expiresInMinutes, "ExpiresInMinutes"));
  return scopes && { scopes: checkedScopes(scopes, newestApiVersion), minutes };
}

export function newToken(
  core: ServiceCore,
  draft: Draft,
  user: User,
  { scopes, minutes }: TokenRequest,
): UnsignedToken {
  return issueToken(core, draft, user, scopes, core.clock.time + minutes * 60_000);
}

/** Signs a token once it is saved. */
export async function signedToken(core: ServiceCore, unsigned: UnsignedToken): Promise<NewToken> {
  const { issued, userId } = unsigned;
  const { token } = await signToken(core, unsigned);
  return { ...wireToken(core, issued), userId, token };
}

async function makeTeamsUserToken({ service, body }: AdminCall): Promise<TokenText> {
  return { token: await service.createTeamsUserToken(body as unknown as TeamsUserTokenOptions) };
}

/** Issues a bearer token for an application or, with the scope of an exchange, for a user. */
async function makeEntraToken({ service, body }: AdminCall): Promise<Partial<TokenText>> {
  const { scope, ...options } = body;
  const scopes = [scope ?? []].flat();
  check(
    scope === undefined || (scope !== "" && texts.is(scopes) && scopes.length > 0),
    "scope must be a non-empty string or an array of them",
  );
  const issued = await service.createTokenCredential(options).getToken(scopes as string[]);
  return issued ? { token: issued.token } : {};
}
