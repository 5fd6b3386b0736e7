import type { ServiceCore } from "../../testing/serviceCore.js";
import type { TokenIssued } from "../../testing/state/events.js";
import type { User } from "../../testing/state/serviceState.js";
import {
  type AdminCall,
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
  for (const token of core.state.tokens(core.clock.time, user)) {
    newest.push(token);
    // Among a million tokens, sorting them all would stop everything else for a second.
    if (newest.length >= limit * 8) newest = newestFirst(newest).slice(0, limit);
  }
  return newestFirst(newest)
    .slice(0, limit)
    .map((token) => wireToken(core, token));
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
