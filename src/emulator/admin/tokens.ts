import type { ServiceCore } from "../../testing/serviceCore.js";
import type { TokenIssued } from "../../testing/state/events.js";
import type { User } from "../../testing/state/serviceState.js";
import {
  type AdminCall,
  AdminError,
  type AdminRoute,
  limitOf,
  optionalNumber,
  optionalText,
  requiredText,
} from "./adminRoute.js";

export const tokenRoutes: readonly AdminRoute[] = [
  {
    method: "GET",
    path: "/tokens",
    run: ({ core, query }) => ({ status: 200, body: { tokens: wireTokens(core, limitOf(query)) } }),
  },
  { method: "GET", path: "/tokens/{number}", run: showToken },
  {
    method: "POST",
    path: "/tokens:inspect",
    run: async ({ service, body }) => ({
      status: 200,
      body: await service.inspectToken(requiredText(body, "token")),
    }),
  },
  { method: "POST", path: "/teamsUserTokens", run: makeTeamsUserToken },
  { method: "POST", path: "/entraTokens", run: makeEntraToken },
];

/** Unexpired tokens, the newest first; at most `limit`. The tokens themselves are kept nowhere. */
export function wireTokens(core: ServiceCore, limit: number, user?: User): object[] {
  let newest: TokenIssued[] = [];
  for (const token of core.state.tokens(core.clock.time, user && [user])) {
    newest.push(token);
    // Among a million tokens, sorting them all would stop everything else for a second.
    if (newest.length >= limit * 8) newest = newestFirst(newest).slice(0, limit);
  }
  return newestFirst(newest)
    .slice(0, limit)
    .map((token) => wireToken(core, token));
}

/** What `wireTokens` lists for each of many users, in one pass over all tokens. By the user's number. */
export function tokensOfUsers(
  core: ServiceCore,
  users: readonly User[],
  limit: number,
): Map<number, { tokenCount: number; tokens: object[] }> {
  const issued = new Map(users.map(({ number }): [number, TokenIssued[]] => [number, []]));
  const counts = new Map<number, number>();
  for (const token of core.state.tokens(core.clock.time, users)) {
    const newest = issued.get(token.user);
    if (!newest) continue;
    counts.set(token.user, (counts.get(token.user) ?? 0) + 1);
    newest.push(token);
    if (newest.length >= limit * 8) newestFirst(newest).length = limit;
  }
  return new Map(
    [...issued].map(([user, tokens]) => [
      user,
      {
        tokenCount: counts.get(user) ?? 0,
        tokens: newestFirst(tokens)
          .slice(0, limit)
          .map((token) => wireToken(core, token)),
      },
    ]),
  );
}

/** The token itself. It is kept nowhere, but signing the same content again gives the same token. */
async function showToken({ core, parameters }: AdminCall): Promise<{ status: number; body: object }> {
  const number = Number(parameters.number);
  for (const { token, user, scopes, issuedAt, expiresAt } of core.state.tokens(core.clock.time)) {
    const userId = token === number ? core.state.userByNumber(user)?.id : undefined;
    if (userId === undefined) continue;
    const content = { token, userId, scopes, issuedAt, expiresAt };
    return { status: 200, body: { token: await core.issuer.sign(content) } };
  }
  throw new AdminError(404, "There is no unexpired token with this number");
}

function newestFirst(tokens: TokenIssued[]): TokenIssued[] {
  return tokens.sort((one, other) => other.token - one.token);
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
    issuedAt: new Date(issuedAt * 1000).toISOString(),
    expiresOn: new Date(expiresAt * 1000).toISOString(),
    revokedAt: revokedAt === undefined ? undefined : new Date(revokedAt).toISOString(),
  };
}

function makeTeamsUserToken({ service, body }: AdminCall): { status: number; body: object } {
  const expiresInMinutes = optionalNumber(body, "expiresInMinutes");
  const token = service.createTeamsUserToken({
    appId: requiredText(body, "appId"),
    userId: requiredText(body, "userId"),
    ...(expiresInMinutes === undefined ? {} : { expiresInMinutes }),
  });
  return { status: 201, body: { token } };
}

/** The bearer token of an application or, with the scope of an exchange, of a user. */
async function makeEntraToken({ service, body }: AdminCall): Promise<{ status: number; body: object }> {
  const scope = optionalText(body, "scope") ?? "https://communication.azure.com//.default";
  const tenantId = optionalText(body, "tenantId");
  const objectId = optionalText(body, "objectId");
  const clientId = optionalText(body, "clientId");
  const expiresInMinutes = optionalNumber(body, "expiresInMinutes");
  const credential = service.createTokenCredential({
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(objectId === undefined ? {} : { objectId }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(expiresInMinutes === undefined ? {} : { expiresInMinutes }),
  });
  return { status: 201, body: { token: (await credential.getToken(scope))?.token } };
}
