import type { TokenScope } from "../models.js";
import { type AcsUser, acsUserOf, type RunStep } from "./acsUser.js";
import type { TokenEndpointClient } from "./client.js";
import { createFailureLog } from "./failureLog.js";
import { checkOptions, isScopes, type TokenEndpointOptions } from "./options.js";
import { type Awaitable, untilAborted, within } from "./timeLimit.js";
import { createError, failureOf, isGone, reasonOf, type TokenEndpointError } from "./tokenEndpointError.js";
import {
  type IssuedToken,
  responseTo,
  signInFirst,
  type TokenResponse,
  tokenResponse,
  tryAgainLater,
} from "./tokenResponse.js";
import { storeOf } from "./userIdStore.js";

/** Options of each method of a {@link TokenEndpoint}. */
export interface TokenEndpointCallOptions {
  /** Ends the wait of this call. What was begun goes on, within the time limit. */
  readonly abortSignal?: AbortSignal | undefined;
}

/** The id of the person who is signed in, which never changes, or `null` or `undefined` for nobody. */
export type SignedInPerson = Awaitable<string | null | undefined>;

/** Issues the tokens of an app's users. */
export interface TokenEndpoint {
  /**
   * Answers a request for a token. It never rejects.
   *
   * @param person - The id of whoever is signed in, such as a primary key, or a function that returns it. Take it from the
   * session or a verified token, and never from the body of the request.
   * @param options - `abortSignal`, such as that of the request.
   * @returns A response with the status 200, 401, 403, 500 or 503.
   * @example Express
   * ```js
   * app.post("/token", async (request, response) => {
   *   const { status, headers, body } = await tokens.respond(() => request.session.userId);
   *   response.status(status).set(headers).send(body);
   * });
   * ```
   * @example A server with web requests
   * ```ts
   * export async function POST(request: Request): Promise<Response> {
   *   const { body, ...init } = await tokens.respond(() => personOf(request), { abortSignal: request.signal });
   *   return new Response(body, init);
   * }
   * ```
   */
  respond(
    person: SignedInPerson | (() => SignedInPerson),
    options?: TokenEndpointCallOptions,
  ): Promise<TokenResponse>;
  /**
   * Returns a token of a person, for tRPC, GraphQL or server components.
   *
   * @param person - The id of the person.
   * @param options - `abortSignal`, such as that of the request.
   * @throws {@link TokenEndpointError}, and the signal's reason if `abortSignal` aborts.
   * @example
   * ```ts
   * const { token, expiresInSeconds, user } = await tokens.getToken("alice");
   * ```
   */
  getToken(person: string, options?: TokenEndpointCallOptions): Promise<IssuedToken>;
  /**
   * Returns the id of a person's ACS user, such as for `createRoom`. Creates the user if there is none, but doesn't ask ACS
   * whether one that is stored still exists.
   *
   * @param person - The id of the person.
   * @param options - `abortSignal`, such as that of the request.
   * @throws {@link TokenEndpointError}, and the signal's reason if `abortSignal` aborts.
   * @example
   * ```ts
   * const communicationUserId = await tokens.getUserId("alice");
   * ```
   */
  getUserId(person: string, options?: TokenEndpointCallOptions): Promise<string>;
  /**
   * Deletes a person's user at ACS, which ends its tokens, and then its id in the store. Does nothing if there is none. If it
   * rejects, call it again. End the person's sign-in first, because the next request for a token creates another user.
   *
   * @param person - The id of the person.
   * @param options - `abortSignal`, such as that of the request.
   * @throws {@link TokenEndpointError}, and the signal's reason if `abortSignal` aborts.
   * @example
   * ```ts
   * await tokens.deleteUser("alice");
   * ```
   */
  deleteUser(person: string, options?: TokenEndpointCallOptions): Promise<void>;
}

/** The time limit of what follows an answer that failed, in milliseconds. */
const cleanUpLimitInMs = 5_000;

/**
 * Creates the token endpoint of a server, which keeps an ACS user for each of its persons. It sends nothing.
 *
 * @param options - `client`, `userIds` and `scopes`, and optionally `tokenExpiresInMinutes`, `timeoutInMs` and `onFailure`.
 * @throws TypeError if an option is missing, unknown or can't be used.
 * @example
 * ```ts
 * import { CommunicationIdentityClient } from "acs-identity";
 * import { createTokenEndpoint } from "acs-identity/token-endpoint";
 *
 * const tokens = createTokenEndpoint({
 *   client: () => new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING ?? ""),
 *   userIds: new Map(),
 *   scopes: ["voip"],
 * });
 * const { status, headers, body } = await tokens.respond("alice");
 * ```
 */
export function createTokenEndpoint(options: TokenEndpointOptions): TokenEndpoint {
  checkOptions(options);
  const { scopes, tokenExpiresInMinutes, timeoutInMs = 20_000, onFailure = createFailureLog() } = options;
  const userIds = storeOf(options.userIds);
  let client: TokenEndpointClient | undefined;

  function getClient(): TokenEndpointClient {
    client ??= typeof options.client === "function" ? options.client() : options.client;
    return client;
  }

  async function report(error: TokenEndpointError): Promise<void> {
    try {
      await within(cleanUpLimitInMs, () => onFailure(error));
    } catch (failure) {
      console.error(error, failure);
    }
  }

  /** Starts the time limit of an answer, and returns what runs its steps for a person. */
  function startAnswer(): (person?: string) => RunStep {
    const endsAt = performance.now() + timeoutInMs;
    return (person) => async (step, call) => {
      try {
        return await within(Math.max(endsAt - performance.now(), 0), call);
      } catch (cause) {
        throw failureOf(step, cause, person);
      }
    };
  }

  function userOf(person: string, run: RunStep): AcsUser {
    return acsUserOf(person, getClient, userIds, run, async (userId) => {
      try {
        await within(cleanUpLimitInMs, (abortSignal) =>
          getClient().deleteUser({ communicationUserId: userId }, { abortSignal }),
        );
      } catch (cause) {
        const message = `Nobody uses the user ${userId}, and deleteUser failed: ${reasonOf(cause)}. Delete it later, because ACS can't list users.`;
        await report(
          createError(message, { kind: "orphanedUser", step: "deleteUser", person, userId, cause }),
        );
      }
    });
  }

  async function scopesOf(person: string, run: RunStep): Promise<readonly TokenScope[]> {
    if (typeof scopes !== "function") return scopes;
    const permitted = await run("scopes", () => scopes(person));
    const about = { step: "scopes", person } as const;
    const whose = `scopes for ${JSON.stringify(person)}`;
    if (!isScopes(permitted)) {
      throw createError(`${whose} must be an array of scopes.`, { kind: "misconfigured", ...about });
    }
    if (permitted.length === 0) throw createError(`There are no ${whose}.`, { kind: "noScopes", ...about });
    return permitted;
  }

  async function tokenOf(person: string, run: RunStep): Promise<IssuedToken> {
    const permitted = await scopesOf(person, run);
    const user = userOf(person, run);
    const issueTo = async (communicationUserId: string): Promise<IssuedToken> => {
      const { token, expiresOn } = await run("getToken", (abortSignal) =>
        getClient().getToken({ communicationUserId }, permitted, { abortSignal, tokenExpiresInMinutes }),
      );
      const expiresInSeconds = Math.floor((expiresOn.getTime() - Date.now()) / 1000);
      return { token, expiresOn, expiresInSeconds, user: { communicationUserId } };
    };
    const userId = await user.getOrCreate();
    try {
      return await issueTo(userId);
    } catch (error) {
      if (!isGone(error)) throw error;
      return issueTo(await user.replace(userId));
    }
  }

  async function answer(person: SignedInPerson | (() => SignedInPerson)): Promise<TokenResponse> {
    const runFor = startAnswer();
    try {
      const signedIn = await runFor()("person", () => (typeof person === "function" ? person() : person));
      if (signedIn == null) return signInFirst();
      checkPerson(signedIn);
      return tokenResponse(await tokenOf(signedIn, runFor(signedIn)));
    } catch (reason) {
      const error = reason as TokenEndpointError;
      if (error.kind !== "noScopes") await report(error);
      return responseTo(error);
    }
  }

  /** Runs work for a person until the caller's signal aborts. */
  async function runUntilAborted<T>(
    person: string,
    { abortSignal }: TokenEndpointCallOptions,
    work: (run: RunStep) => Promise<T>,
  ): Promise<T> {
    checkPerson(person);
    return untilAborted(abortSignal, work(startAnswer()(person)));
  }

  return {
    respond: (person, { abortSignal } = {}) =>
      untilAborted(abortSignal, answer(person)).catch(() => tryAgainLater()),
    getToken: (person, options = {}) => runUntilAborted(person, options, (run) => tokenOf(person, run)),
    getUserId: (person, options = {}) =>
      runUntilAborted(person, options, (run) => userOf(person, run).getOrCreate()),
    deleteUser: (person, options = {}) =>
      runUntilAborted(person, options, (run) => userOf(person, run).delete()),
  };
}

/** Refuses what would be the same person for everybody, such as a session, `true` or an empty string. */
function checkPerson(person: unknown): void {
  if (typeof person === "string" && person !== "") return;
  const given = person === "" ? "empty" : person === null ? "null" : typeof person;
  throw createError(`The person must be a non-empty string, but is ${given}.`, {
    kind: "misconfigured",
    step: "person",
  });
}
