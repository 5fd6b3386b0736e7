import { newestApiVersion } from "../../generated/apiVersions.js";
import {
  type TeamsUserTokenOptions,
  teamsTokenConstraints,
} from "../../testing/entra/tokens/teamsUserToken.js";
import { credentialConstraints } from "../../testing/entra/tokens/testCredential.js";
import {
  issueToken,
  signAccessToken,
  signToken,
  type UnsignedToken,
} from "../../testing/operations/issueToken.js";
import { checkedMinutes, checkedScopes } from "../../testing/operations/tokenRequest.js";
import type { Fake } from "../../testing/service/fake.js";
import type { User } from "../../testing/state/entries/user.js";
import type { TokenIssued } from "../../testing/state/events.js";
import type { Draft } from "../../testing/state/store.js";
import {
  anything,
  type Constraints,
  optional,
  partial,
  text,
  texts,
} from "../../testing/validation/constraints.js";
import { boundInteger, boundTexts, type JsonObject } from "../../testing/wire/requestBody.js";
import {
  type AdminInput,
  type AdminRow,
  dateText,
  get,
  limit,
  post,
  refused,
  requestedLimit,
} from "./adminRow.js";
import type {
  EntraTokenRequest,
  ListedToken,
  NewToken,
  TokenList,
  TokensOfUser,
  TokenText,
} from "./models.js";

export const tokenRoutes: readonly AdminRow[] = [
  get("/tokens", ({ fake, query }): TokenList => ({ tokens: wireTokens(fake, requestedLimit(query)) }), {
    limit,
  }),
  get("/tokens/{number}", showToken),
  post("/tokens:inspect", 200, ({ service, body }) => service.inspectToken(String(body.token)), {
    token: text,
  }),
  post("/teamsUserTokens", 201, makeTeamsUserToken, {
    ...teamsTokenConstraints,
    expiresInMinutes: optional(teamsTokenConstraints.expiresInMinutes),
  }),
  post("/entraTokens", 201, makeEntraToken, {
    scope: optional({
      words: "a string, several scopes separated by spaces, or an array of strings",
      is: (value) => texts.is([value].flat()) && [value].flat().length > 0,
    }),
    ...partial(credentialConstraints),
  } satisfies Constraints<EntraTokenRequest>),
];

/** Lists up to `size` tokens, newest first, without the JWTs, which aren't stored. */
export function wireTokens(fake: Fake, size: number, user?: User): ListedToken[] {
  const tokens = [...fake.state.tokens()];
  const listed = user ? tokens.filter((token) => token.user === user.number) : tokens;
  return newest(fake, listed, size);
}

/** Lists the tokens of many users. The keys are the users' numbers. */
export function tokensOfUsers(fake: Fake, users: readonly User[], size: number): Map<number, TokensOfUser> {
  const issued = new Map(users.map(({ number }) => [number, [] as TokenIssued[]]));
  for (const token of fake.state.tokens()) issued.get(token.user)?.push(token);
  return new Map(
    [...issued].map(([user, tokens]) => [
      user,
      { tokenCount: tokens.length, tokens: newest(fake, tokens, size) },
    ]),
  );
}

function newest(fake: Fake, tokens: readonly TokenIssued[], size: number): ListedToken[] {
  return tokens
    .slice(-size)
    .reverse()
    .map((token) => wireToken(fake, token));
}

/** Returns the JWT. It isn't stored, but signing the same content again gives the same token. */
async function showToken({ fake, pathParameters }: AdminInput): Promise<TokenText> {
  const number = Number(pathParameters.number);
  for (const issued of fake.state.tokens()) {
    const user = issued.token === number ? fake.state.userByNumber(issued.user) : undefined;
    if (user) return { token: await signAccessToken(fake.settings, user.id, issued) };
  }
  throw refused(404, "There is no token with this number, or none anymore");
}

function wireToken({ state }: Fake, issued: TokenIssued): ListedToken {
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

export interface TokenRequest {
  readonly scopes: readonly string[];
  readonly minutes: number;
}

export const tokenConstraints: Constraints<Record<"scopes" | "expiresInMinutes", unknown>> = {
  scopes: anything("an array of strings, for a token"),
  expiresInMinutes: anything("an integer from 60 to 1440"),
};

/** Reads the scopes and the lifetime, if the body has scopes. @throws HttpError as the service does. */
export function tokenRequestIn(body: JsonObject): TokenRequest | undefined {
  const scopes = boundTexts(body.scopes, "Scopes");
  const minutes = checkedMinutes(boundInteger(body.expiresInMinutes, "ExpiresInMinutes"));
  return scopes && { scopes: checkedScopes(scopes, newestApiVersion), minutes };
}

export function newToken(
  fake: Fake,
  draft: Draft,
  user: User,
  { scopes, minutes }: TokenRequest,
): UnsignedToken {
  return issueToken(fake, draft, user, scopes, fake.clock.time + minutes * 60_000);
}

/** Signs a token once it is saved. */
export async function signedToken(fake: Fake, unsigned: UnsignedToken): Promise<NewToken> {
  const { issued, userId } = unsigned;
  const { token } = await signToken(fake, unsigned);
  return { ...wireToken(fake, issued), userId, token };
}

async function makeTeamsUserToken({ service, body }: AdminInput): Promise<TokenText> {
  return { token: await service.createTeamsUserToken(body as unknown as TeamsUserTokenOptions) };
}

/** Issues a bearer token for an application or, with the scope of an exchange, for a user. */
async function makeEntraToken({ service, body }: AdminInput): Promise<Partial<TokenText>> {
  const { scope = [], ...options } = body;
  const issued = await service.createTokenCredential(options).getToken(scope as string[]);
  return issued ? { token: issued.token } : {};
}
