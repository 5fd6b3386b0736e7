/**
 * Shows a token endpoint for a server that you have already, such as Next.js, Hono, a Worker or an Azure Function. The token
 * service (samples/token-service) goes further: it verifies sign-ins, accounts for users whose creation was interrupted,
 * replaces users that are gone, limits callers and stays within the resource's limits, revokes, deletes and reconciles.
 */
import { type CommunicationIdentityClient, isRestError, type TokenScope } from "acs-identity";

export interface TokenRouteOptions {
  readonly client: CommunicationIdentityClient;
  readonly scopes?: TokenScope[];
  /** Verifies the session or token, and returns an id of the person, or undefined if nobody is signed in. */
  readonly whoIsCalling: (request: Request) => Promise<string | undefined>;
  /**
   * Returns the id of the person's ACS user, if your database has one. If `created` is given and it has none, keeps that
   * first: with `INSERT … ON CONFLICT DO NOTHING`, several processes agree on one.
   */
  readonly keepUserId: (person: string, created?: string) => Promise<string | undefined>;
}

/** Returns the handler of `POST /token`. */
export function createTokenRoute(options: TokenRouteOptions): (request: Request) => Promise<Response> {
  const { client, scopes = ["voip"], whoIsCalling, keepUserId } = options;
  const running = new Map<string, Promise<string>>();

  async function findOrCreate(person: string): Promise<string> {
    const known = await keepUserId(person);
    if (known) return known;
    const { communicationUserId: created } = await client.createUser();
    const kept = (await keepUserId(person, created)) ?? created;
    // Another process was first.
    if (kept !== created) await client.deleteUser({ communicationUserId: created });
    return kept;
  }

  /** Requests of one person at the same time share the look-up, so that this process creates only one user. */
  function userIdOf(person: string): Promise<string> {
    const userId = running.get(person) ?? findOrCreate(person).finally(() => running.delete(person));
    running.set(person, userId);
    return userId;
  }

  return async (request) => {
    if (request.method !== "POST") return answer(405, { detail: "Use POST." }, { Allow: "POST" });
    const person = await whoIsCalling(request);
    if (!person) return answer(401, { detail: "Sign in first." }, { "WWW-Authenticate": "Bearer" });
    try {
      const user = { communicationUserId: await userIdOf(person) };
      return answer(200, { ...(await client.getToken(user, scopes)), user });
    } catch (error) {
      if (!isRestError(error) || (error.statusCode ?? 503) < 429) throw error;
      const seconds = Math.ceil((error.retryAfterInMs ?? 5_000) / 1000);
      return answer(503, { detail: "Try again later." }, { "Retry-After": String(seconds) });
    }
  };
}

function answer(status: number, body: object, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { "Cache-Control": "no-store", ...headers } });
}
