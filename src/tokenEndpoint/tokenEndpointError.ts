/** What failed: a method of the client or of `userIds`, the function `scopes`, or the person that `respond` was given. */
export type TokenEndpointStep =
  | "createUser"
  | "deleteUser"
  | "getToken"
  | "person"
  | "scopes"
  | "userIds.add"
  | "userIds.get"
  | "userIds.remove";

/**
 * Why somebody got no token, or that a user is left over at ACS. The message says it, without secrets.
 *
 * - `unavailable`: ACS throttles, fails or can't be reached, or something took too long. It passes: 503.
 * - `misconfigured`: ACS refuses, such as a wrong key, or an option can't be used. Only you can fix it: 500.
 * - `callbackFailed`: your store, `scopes` or `person` failed: 500.
 * - `noScopes`: `scopes` returned none for the person: 403. `respond` doesn't report it.
 * - `orphanedUser`: nobody uses the user `userId`, and it couldn't be deleted. It doesn't change the response.
 */
export interface TokenEndpointError extends Error {
  /** Which kind of failure it is. Others may come. */
  readonly kind:
    | "unavailable"
    | "misconfigured"
    | "callbackFailed"
    | "noScopes"
    | "orphanedUser"
    | (string & Record<never, never>);
  /** What failed. */
  readonly step: TokenEndpointStep;
  /** Whom the response was for, if that was known. */
  readonly person?: string | undefined;
  /** The id of the user that it is about, if it is about one. */
  readonly userId?: string | undefined;
  /** The id that the request to ACS was sent with, for Microsoft's support. */
  readonly requestId?: string | undefined;
  /** The error of ACS, of the store or of your function. */
  readonly cause?: unknown;
}

/** The members that errors of the client, of databases and of `AbortSignal` may have. */
export interface Cause {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly statusCode?: number;
  readonly requestId?: string;
  readonly retryAfterInMs?: number;
}

export function createError(
  message: string,
  details: Pick<TokenEndpointError, "kind" | "step" | "person" | "userId" | "cause">,
): TokenEndpointError {
  const { requestId } = causeOf(details);
  return Object.assign(new Error(message), { name: "TokenEndpointError", requestId, ...details });
}

/** Returns the error for a step that rejected with `cause`. */
export function failureOf(step: TokenEndpointStep, cause: unknown, person?: string): TokenEndpointError {
  const whose = person === undefined ? "" : ` for ${JSON.stringify(person)}`;
  const kind = kindOf(step, causeOf({ cause }));
  return createError(`${step}${whose} failed: ${reasonOf(cause)}`, { kind, step, person, cause });
}

/** Returns what an error says. One that stands for several, as of a database with several addresses, says nothing itself. */
export function reasonOf(cause: unknown): string {
  const { message, code, name } = causeOf({ cause });
  return message || code || name || String(cause);
}

/** Reads the members of a cause, which may be anything. */
export function causeOf({ cause }: { readonly cause?: unknown }): Cause {
  return Object(cause) as Cause;
}

/** Whether ACS doesn't know the user: it was deleted, or it belongs to another resource. */
export function isGone(error: unknown): boolean {
  return causeOf(error as TokenEndpointError).code === "IdentityNotOwned";
}

const acsSteps: readonly TokenEndpointStep[] = ["createUser", "deleteUser", "getToken"];

function kindOf(step: TokenEndpointStep, { name, code, statusCode }: Cause): TokenEndpointError["kind"] {
  if (name === "TimeoutError") return "unavailable";
  if (!acsSteps.includes(step)) return "callbackFailed";
  if (name !== "RestError") return "misconfigured";
  const isTransient =
    statusCode === undefined || statusCode === 408 || statusCode === 429 || statusCode >= 500;
  // A user is reported as gone only if it was replaced, and deleted by somebody else in between.
  return isTransient || code === "IdentityNotOwned" ? "unavailable" : "misconfigured";
}
