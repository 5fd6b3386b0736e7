/**
 * Shows a token endpoint for a server that you have already: docs/tokenEndpoint.md has the lines for each framework.
 * The token service (the folder `service`) goes further: it verifies sign-ins, accounts for users whose creation was
 * interrupted, limits callers and stays within the resource's limits, revokes, deletes and reconciles.
 */
import { isRestError } from "acs-identity";
import type { CommunicationIdentityClient } from "acs-identity";

type Scopes = Parameters<CommunicationIdentityClient["getToken"]>[1];

export interface TokenIssuerOptions {
  /** Creates the client. It is called at the first request, so that a build that loads this file needs no connection string. */
  readonly createClient: () => CommunicationIdentityClient;
  /** What the tokens permit, or a function that decides it for each person. By default, `["voip"]`. */
  readonly scopes?: Scopes | ((person: string) => Scopes | Promise<Scopes>);
  /** How long the tokens are valid, 60 to 1440 minutes. By default, a day. */
  readonly tokenExpiresInMinutes?: number;
  /** After how many milliseconds an attempt of a call of ACS ends. The caller then gets a 503. By default, 20 000. */
  readonly timeoutInMs?: number;
  /**
   * Returns the id of the person's ACS user, if your database has one. If `created` is given, and the database has none
   * or `gone`, it stores `created` first, in one step, so that several processes agree on one. In PostgreSQL:
   *
   *     INSERT INTO acs_users (person, id) VALUES ($person, $created)
   *     ON CONFLICT (person) DO UPDATE SET id = CASE WHEN acs_users.id = $gone THEN excluded.id ELSE acs_users.id END
   *     RETURNING id
   */
  readonly keepUserId: (person: string, created?: string, gone?: string) => Promise<string | undefined>;
  /** Receives the id of a user that nobody uses and that couldn't be deleted. */
  readonly onUnusedUser?: (userId: string, error: unknown) => unknown;
  /** Receives what only you can fix, such as a wrong key. The caller gets a 500. By default, it is logged. */
  readonly onError?: (error: unknown) => unknown;
}

/** The id of the person who has signed in, or undefined for nobody. Any other value is an error of yours, a 500. */
export type Person = string | undefined | Promise<string | undefined>;

export interface TokenRouteOptions<TRequest> extends TokenIssuerOptions {
  /** Verifies the session or token. */
  readonly whoIsCalling: (request: TRequest) => Person;
}

/** What the app receives with the status 200, as its `fetchToken` may return it. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresOn: Date;
  readonly user: { readonly communicationUserId: string };
}

/** What the app receives with any other status. */
export interface TokenProblem {
  readonly detail: string;
}

interface ResponseOf<TStatus, TBody> {
  readonly status: TStatus;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: TBody;
}

/** A response for any framework. */
export type TokenResponse = ResponseOf<200, IssuedToken> | ResponseOf<401 | 500 | 503, TokenProblem>;

export interface TokenIssuer {
  /** Returns what answers a person who has signed in, or nobody. It never rejects. */
  (person: Person | (() => Person)): Promise<TokenResponse>;
  /**
   * Returns the id of a person's ACS user, which it creates if there is none, without a token: `createRoom` needs the id.
   * Unlike the issuer it rejects.
   */
  readonly userIdOf: (person: string) => Promise<string>;
}

/** Returns the handler of `POST /token`, for servers that know `Request` and `Response`. It never rejects. */
export function createTokenRoute<TRequest extends { readonly method: string }>(
  options: TokenRouteOptions<TRequest>,
): (request: TRequest) => Promise<Response> {
  const issue = createTokenIssuer(options);
  return async (request) => {
    const { status, headers, body } =
      request.method === "POST"
        ? await issue(() => options.whoIsCalling(request))
        : respond(405, { detail: "Use POST." }, { Allow: "POST" });
    // Older types don't know Response.json.
    return new Response(JSON.stringify(body), {
      status,
      headers: { ...headers, "Content-Type": "application/json" },
    });
  };
}

/** Returns the issuer of tokens for all other servers. */
export function createTokenIssuer(options: TokenIssuerOptions): TokenIssuer {
  const { scopes = ["voip"], tokenExpiresInMinutes = 1440, timeoutInMs = 20_000, keepUserId } = options;
  const requestOptions = { timeout: timeoutInMs };
  const onError: (error: unknown) => unknown = options.onError ?? console.error;
  const running = new Map<string, Promise<string>>();
  let made: CommunicationIdentityClient | undefined;

  function client(): CommunicationIdentityClient {
    made ??= options.createClient();
    return made;
  }

  /** Deletes a user that nobody will use. */
  async function discard(communicationUserId: string): Promise<void> {
    try {
      await client().deleteUser({ communicationUserId }, { requestOptions });
    } catch (error) {
      void report(() => options.onUnusedUser?.(communicationUserId, error));
    }
  }

  async function findOrCreate(person: string, gone?: string): Promise<string> {
    const known = await keepUserId(person);
    if (known && known !== gone) return known;
    const { communicationUserId: created } = await client().createUser({ requestOptions });
    let kept: string | undefined;
    try {
      kept = await keepUserId(person, created, gone);
    } finally {
      // Another process was first, or the database failed.
      if (kept !== created) await discard(created);
    }
    if (!kept) throw new Error("keepUserId must return the id that is stored");
    return kept;
  }

  /** Requests of one person at the same time share the look-up, so that this process creates only one user. */
  function lookUp(person: string, gone?: string): Promise<string> {
    const userId = running.get(person) ?? findOrCreate(person, gone).finally(() => running.delete(person));
    running.set(person, userId);
    return userId;
  }

  async function tokenOf(person: string): Promise<IssuedToken> {
    const permitted = typeof scopes === "function" ? await scopes(person) : scopes;
    const issueTo = async (communicationUserId: string) => {
      const user = { communicationUserId };
      return {
        ...(await client().getToken(user, permitted, { tokenExpiresInMinutes, requestOptions })),
        user,
      };
    };
    const userId = await lookUp(person);
    try {
      return await issueTo(userId);
    } catch (error) {
      if (!isGone(error)) throw error;
      // Somebody deleted the user, or an emulator without `--data` was started anew.
      return issueTo(await lookUp(person, userId));
    }
  }

  function fail(error: unknown): TokenResponse {
    // Thrown, its status of ACS would become the response's in some frameworks, and end a process with Express 4.
    void report(() => onError(error));
    return respond(500, { detail: "The server can't issue tokens." });
  }

  async function issue(caller: Person | (() => Person)): Promise<TokenResponse> {
    let person: string | undefined;
    try {
      person = await (typeof caller === "function" ? caller() : caller);
      if (person !== undefined) checkPerson(person);
    } catch (error) {
      return fail(error);
    }
    if (person === undefined) {
      return respond(401, { detail: "Sign in first." }, { "WWW-Authenticate": "Bearer" });
    }
    try {
      return respond(200, await tokenOf(person));
    } catch (error) {
      // A user that is gone once more was replaced and deleted by somebody else in between.
      if (!isTransient(error) && !isGone(error)) return fail(error);
      const asked = isRestError(error) ? (error.retryAfterInMs ?? 5_000) : 5_000;
      const seconds = Math.min(Math.max(Math.ceil(asked / 1000), 1), 300);
      return respond(503, { detail: "Try again later." }, { "Retry-After": String(seconds) });
    }
  }

  return Object.assign(issue, {
    async userIdOf(person: string) {
      checkPerson(person);
      return lookUp(person);
    },
  });
}

function checkPerson(person: unknown): void {
  // A session or `true` as the key of a database would be the same person for everybody.
  if (typeof person !== "string" || person === "") {
    throw new TypeError("A person must be a non-empty string, or undefined if nobody is signed in");
  }
}

/** Calls a function of yours. */
async function report(call: () => unknown): Promise<void> {
  try {
    await call();
  } catch {
    // The response doesn't depend on it.
  }
}

function respond<TStatus extends number, TBody>(
  status: TStatus,
  body: TBody,
  headers: Record<string, string> = {},
): ResponseOf<TStatus, TBody> {
  return { status, headers: { "Cache-Control": "no-store", ...headers }, body };
}

function isGone(error: unknown): boolean {
  return isRestError(error) && error.statusCode === 401 && error.code === "IdentityNotOwned";
}

function isTransient(error: unknown): boolean {
  if (!isRestError(error)) return error instanceof Error && error.name === "TimeoutError";
  const { statusCode = 503 } = error;
  return statusCode === 408 || statusCode === 429 || statusCode >= 500;
}
