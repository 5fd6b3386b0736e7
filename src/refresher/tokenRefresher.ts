import { createClock } from "./clock.js";
import { type FetchedToken, readToken } from "./readToken.js";

/** A token that is valid now. */
export interface RefreshedToken {
  /** The access token, as the endpoint gave it. */
  readonly token: string;
  /** When it expires, in milliseconds since 1970 by the clock of this device, even if that clock is wrong. */
  readonly expiresOnTimestamp: number;
}

/** Why a token couldn't be fetched: what `fetchToken` rejected with, or what is wrong with its response. */
export interface TokenRefreshError extends Error {
  /** The HTTP status. After 401 or 403 the app must sign in, and then call `retry()`. */
  status?: number;
  /** For how long the endpoint wants no further request, in milliseconds. Up to an hour is respected. */
  retryAfterInMs?: number;
}

/** Options of {@link createTokenRefresher}. */
export interface TokenRefresherOptions {
  /**
   * Asks the app's token endpoint for a new token. Resolves to the endpoint's `Response`, whose JSON is a
   * {@link FetchedToken}, or to such an object. If it rejects, the error may have the members of {@link TokenRefreshError}.
   *
   * With `expiresOn`, a device's wrong clock does no harm if the `Response` has a `Date` that the page may read: an
   * endpoint on another origin must list it in `Access-Control-Expose-Headers`. The request must not be cached.
   *
   * @param signal - Aborts when the attempt has taken 30 seconds, and on `retry()` and `stop()`.
   */
  fetchToken(signal: AbortSignal): Promise<Response | FetchedToken>;
  /** Receives each new token. */
  onToken?(token: RefreshedToken): void;
  /** Receives the error of each failed attempt. */
  onFailure?(error: TokenRefreshError): void;
}

/** Keeps one token of one signed-in user fresh. */
export interface TokenRefresher {
  /**
   * Returns the token, from memory while it is valid. Otherwise it waits for up to five attempts.
   *
   * @throws {@link TokenRefreshError} if no attempt succeeds, or the last one failed and the next isn't due soon.
   * @throws `AbortError` after `stop()`, and the signal's reason if `abortSignal` aborts.
   */
  getToken(options?: { readonly abortSignal?: AbortSignal | undefined }): Promise<RefreshedToken>;
  /** Fetches a token now: the same user has signed in again, or the token has been revoked. Ends a running attempt. */
  retry(): void;
  /**
   * For `AzureCommunicationTokenCredential` of `@azure/communication-common` 2.5 or later. Version 2.4 takes a string:
   * `tokenRefresher: async () => (await refresher.tokenRefresher()).token`.
   *
   * Once there has been a token, it waits for the next one for as long as it takes, because that credential doesn't
   * handle the rejection of a proactive refresh. Before, it rejects as `getToken` does.
   */
  readonly tokenRefresher: () => Promise<RefreshedToken>;
  /** Ends everything and forgets the token. Call it when the user signs out, and create another for another user. */
  stop(): void;
}

const second = 1000;
const minute = 60 * second;

/**
 * Creates a refresher. It fetches the first token when one is asked for, and from then on each next one 12 to 24 minutes
 * before the last one expires, or after 50 to 75 % of a lifetime below 48 minutes.
 *
 * It retries failures with exponential backoff and jitter: after 1 second at first, after 1 to 1.5 minutes in the end, and
 * not before the endpoint's `Retry-After`. A page that becomes visible or online retries sooner. After 401 or 403 it stops
 * until `retry()`, or until a token is asked for after a backoff of 1 to 22 minutes. A failure never replaces a valid token.
 *
 * Tokens are never decoded, stored or shared with other pages. No timer keeps a Node process alive.
 *
 * @example
 * ```ts
 * const refresher = createTokenRefresher({ fetchToken: (signal) => fetch("/token", { method: "POST", signal }) });
 * const token = await refresher.getToken();
 * ```
 */
export function createTokenRefresher(options: TokenRefresherOptions): TokenRefresher {
  const clock = createClock();
  const ended = new AbortController();
  const page = globalThis.document;
  /** The callers that wait for a token, and whether each also waits through failures. */
  const waiters = new Map<(outcome: RefreshedToken | Promise<never>) => void, boolean>();
  let token = "";
  let expiresAt = 0;
  let attempt: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let startedAt = 0;
  let dueAt = 0;
  let notBefore = 0;
  let failures = 0;
  let retries = 0;
  /** Rejects a caller that doesn't want to wait until the next attempt, which isn't due soon. */
  let rejection: TokenRefreshError | undefined;
  /** Whether only the app can go on, by asking for a token or by `retry()`. */
  let isFinal = true;

  page?.addEventListener("visibilitychange", bringForward, { signal: ended.signal });
  globalThis.addEventListener?.("online", bringForward, { signal: ended.signal });

  function setTimer(callback: () => void, delay: number): void {
    clearTimeout(timer);
    timer = setTimeout(callback, delay);
    (timer as { unref?(): void }).unref?.();
  }

  /** Wakes up at least every 30 seconds, because long timers pause while a device sleeps. */
  function schedule(): void {
    if (!isFinal || waiters.size > 0) setTimer(check, Math.min(dueAt - clock.now(), 30 * second));
  }

  function check(): void {
    const now = clock.now();
    // After sleep all pages notice at once that they are late, and only the visible one is in a hurry.
    if (now > dueAt + 2 * minute && page?.hidden) dueAt = now + Math.random() * minute;
    if (now >= dueAt) start();
    else schedule();
  }

  function bringForward(): void {
    if (attempt || isFinal || page?.hidden) return;
    if (failures) dueAt = Math.min(dueAt, Math.max(startedAt + 10 * second, notBefore));
    schedule();
  }

  function start(): void {
    const own = new AbortController();
    startedAt = clock.now();
    attempt = own;
    const finish = (action: () => void) => {
      // Whatever comes from an attempt that has been ended is ignored.
      if (attempt !== own) return;
      endAttempt();
      action();
      schedule();
    };
    setTimer(() => finish(() => fail(new Error("The token endpoint timed out"))), 30 * second);
    Promise.resolve()
      .then(async () => readToken(await options.fetchToken(own.signal), clock.toTimestamp(startedAt)))
      .then((answer) => finish(() => succeed(...answer)))
      .catch((error: unknown) => finish(() => fail(error)));
  }

  function succeed(newToken: string, lifetime: number): void {
    token = newToken;
    expiresAt = startedAt + lifetime;
    failures = retries = notBefore = 0;
    isFinal = false;
    const early = Math.min(12 * minute, lifetime / 4) * (1 + Math.random());
    dueAt = Math.max(expiresAt - early, clock.now() + 10 * second);
    const refreshed = toResult();
    notify(() => options.onToken?.(refreshed));
    for (const settle of waiters.keys()) settle(refreshed);
  }

  function fail(reason: unknown): void {
    const error = (reason ?? new Error("The token endpoint failed")) as TokenRefreshError;
    const now = clock.now();
    isFinal = error.status === 401 || error.status === 403;
    const isUrgent = !isFinal && expiresAt - now < 5 * minute;
    const backoff = Math.min((isUrgent ? second : minute) * 2 ** failures++, (isFinal ? 15 : 1) * minute);
    const asked = Math.min(error.retryAfterInMs || 0, 60 * minute);
    dueAt = now + Math.max(backoff, asked) * (1 + Math.random() / 2);
    notBefore = now + asked;
    rejection = isFinal || dueAt - now > 15 * second ? error : undefined;
    notify(() => options.onFailure?.(error));
    for (const [settle, isPatient] of waiters) if (rejection && !isPatient) settle(Promise.reject(error));
  }

  /** Calls back once the state is consistent again, whatever the callback does or throws. */
  function notify(callback: () => void): void {
    queueMicrotask(() => ended.signal.aborted || callback());
  }

  function toResult(): RefreshedToken {
    return { token, expiresOnTimestamp: clock.toTimestamp(expiresAt) };
  }

  function getToken(isPatient: boolean, signal?: AbortSignal): Promise<RefreshedToken> {
    // What the executor throws becomes a rejection.
    return new Promise((resolve) => {
      ended.signal.throwIfAborted();
      signal?.throwIfAborted();
      // The credential rejects a token that expires before it looks at it, too.
      const isValid = clock.now() + (isPatient ? 5 * second : 0) < expiresAt;
      if (!attempt && (clock.now() >= dueAt || !(isValid || failures))) start();
      if (isValid) return resolve(toResult());
      if (!attempt && !isPatient && rejection) throw rejection;
      const settle = (outcome: RefreshedToken | Promise<never>) => {
        waiters.delete(settle);
        signal?.removeEventListener("abort", onAbort);
        resolve(outcome);
      };
      const onAbort = () => settle(Promise.reject(signal?.reason));
      signal?.addEventListener("abort", onAbort);
      waiters.set(settle, isPatient);
      if (!attempt) schedule();
    });
  }

  function endAttempt(): void {
    clearTimeout(timer);
    attempt?.abort();
    attempt = undefined;
  }

  return {
    getToken: ({ abortSignal } = {}) => getToken(false, abortSignal),
    // Ignores the credential's signal: all its callers wait for this token, and the signal belongs to only one of them.
    tokenRefresher: () => getToken(expiresAt > 0),
    retry() {
      if (ended.signal.aborted) return;
      endAttempt();
      isFinal = false;
      rejection = undefined;
      // Only the first time is immediate, because an app may call this on each failure.
      failures = retries++;
      dueAt = Math.max(clock.now() + (failures && Math.min(second * 2 ** failures, minute)), notBefore);
      check();
    },
    stop() {
      ended.abort(Object.assign(new Error("The token refresher was stopped"), { name: "AbortError" }));
      endAttempt();
      token = "";
      for (const settle of waiters.keys()) settle(Promise.reject(ended.signal.reason));
    },
  };
}
