import { checkOptions } from "./checkOptions.js";
import { createClock } from "./clock.js";
import { readFailure, type TokenRefreshError } from "./failure.js";
import { type FetchedToken, readToken, type TokenUser } from "./readToken.js";

/** A token that is valid now. */
export interface RefreshedToken {
  /** The access token, as the endpoint gave it. */
  readonly token: string;
  /** When it expires, in milliseconds since 1970 by the clock of this device, even if that clock is wrong. */
  readonly expiresOnTimestamp: number;
  /** The user that the endpoint sent with the token, if it did. */
  readonly user?: TokenUser | undefined;
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
   * @param signal - Aborts when the attempt has taken 30 seconds, and when `retry()` or `stop()` ends it.
   */
  fetchToken(signal: AbortSignal): Promise<Response | FetchedToken>;
  /**
   * A token that the app has already, in one of the forms that `fetchToken` may resolve to; `expiresInSeconds` counts from
   * now. It is used while it is valid, at most until `expiresOn` by the device's clock, and ignored otherwise. `onToken`
   * doesn't receive it, and `retry()` replaces it.
   */
  readonly initialToken?: Response | FetchedToken | undefined;
  /** Receives each new token. What it throws is written to the console. */
  readonly onToken?: ((token: RefreshedToken) => void) | undefined;
  /** Receives the error of each failed attempt. What it throws is written to the console. */
  readonly onFailure?: ((error: TokenRefreshError) => void) | undefined;
}

/** Keeps one token of one signed-in user fresh. */
export interface TokenRefresher {
  /**
   * Returns the token, from memory while it is valid. Otherwise it waits for the attempt that is running, or makes one: at
   * once, or 5 seconds after the last one began, but not before the endpoint's `Retry-After`. At the beginning and after
   * `retry()`, it waits for up to five attempts.
   *
   * @param options - `abortSignal` ends this call's wait, but not the attempt, which other callers may wait for.
   * @throws {@link TokenRefreshError} if no attempt succeeds, or the last one failed and the next isn't due within 15 seconds.
   * @throws `AbortError` after `stop()`, and the signal's reason if `abortSignal` aborts.
   * @example
   * ```ts
   * const { token, expiresOnTimestamp } = await refresher.getToken({ abortSignal: AbortSignal.timeout(5_000) });
   * ```
   */
  getToken(options?: { readonly abortSignal?: AbortSignal | undefined }): Promise<RefreshedToken>;
  /**
   * Replaces the token: the same user has signed in again, or the token has been revoked. Fetches at once, but at most once
   * in 5 seconds and not before the endpoint's `Retry-After`. Until then `getToken` waits, or rejects if that isn't due within
   * 15 seconds. It returns the old token again only after an attempt that failed for a passing reason.
   *
   * Ends a running attempt, unless an earlier `retry()` is still without a token: that attempt goes on, and another follows.
   *
   * @example
   * ```ts
   * await signInAgain();
   * refresher.retry();
   * ```
   */
  retry(): void;
  /**
   * For `AzureCommunicationTokenCredential` of `@azure/communication-common` 2.5 or later. Version 2.4 takes a string:
   * `tokenRefresher: async () => (await refresher.tokenRefresher()).token`.
   *
   * Once there has been a token, it waits for the next one for as long as it takes, because that credential doesn't
   * handle the rejection of a proactive refresh. Before, it rejects as `getToken` does.
   *
   * @example
   * ```ts
   * import { AzureCommunicationTokenCredential } from "@azure/communication-common";
   *
   * const { tokenRefresher } = refresher;
   * const credential = new AzureCommunicationTokenCredential({ tokenRefresher, refreshProactively: true });
   * ```
   */
  readonly tokenRefresher: () => Promise<RefreshedToken>;
  /**
   * Ends everything and forgets the token. Call it when the user signs out, and create another for another user.
   *
   * @example
   * ```ts
   * refresher.stop();
   * ```
   */
  stop(): void;
}

const second = 1000;
const minute = 60 * second;

/**
 * Creates a refresher. It fetches the first token when one is asked for, and from then on each next one 12 to 24 minutes
 * before the last one expires, or after 50 to 75 % of a lifetime below 48 minutes.
 *
 * It retries failures with exponential backoff and jitter: after 1 second at first, after 1 to 1.5 minutes in the end, and
 * not before the endpoint's `Retry-After`. If somebody asks without a valid token, or a page becomes visible or online, it
 * retries 5 seconds after the last attempt began, or at once if that is over. After a status 4xx (but 408, 425 and 429) it
 * stops until `retry()`, or until somebody asks or waits after a backoff of 1 to 22 minutes. A failure never replaces a valid
 * token.
 *
 * Tokens are never decoded, stored or shared with other pages. A Node process is kept alive only while somebody waits.
 *
 * @param options - `fetchToken`, which asks the app's token endpoint, and optionally `initialToken`, `onToken` and `onFailure`.
 * @example
 * ```ts
 * const refresher = createTokenRefresher({ fetchToken: (signal) => fetch("/token", { method: "POST", signal }) });
 * const token = await refresher.getToken();
 * ```
 * @throws TypeError if an option is missing, unknown or not a function.
 */
export function createTokenRefresher(options: TokenRefresherOptions): TokenRefresher {
  checkOptions(options);
  const clock = createClock();
  const page = globalThis.document;
  /** Functions that answer a caller of `getToken` or `tokenRefresher`, if there is an answer already. */
  const waiters = new Set<() => void>();
  let stopReason: Error | undefined;
  let current: Pick<RefreshedToken, "token" | "user"> | undefined;
  let { initialToken } = options;
  let expiresAt = 0;
  /** Whether `retry()` was called since the current token came, so that it may be worthless. */
  let isDoubted = false;
  /** Whether `retry()` was called again after the attempt that an earlier one started had asked the endpoint. */
  let isOutdated = false;
  let attempt: AbortController | undefined;
  let startedAt = 0;
  /** When the attempt that is running has taken too long, or the next one starts by itself. */
  let dueAt = 0;
  /** When the endpoint, or `retry()`, allows the next attempt. */
  let notBefore = 0;
  /** When the next attempt of `retry()` may start. */
  let nextRetry = 0;
  let failures = 0;
  let lastError: TokenRefreshError | undefined;
  /** Whether only the app can go on, by asking for a token or by `retry()`. */
  let isFinal = true;
  let timer: ReturnType<typeof setTimeout> | undefined;

  page?.addEventListener("visibilitychange", bringForward);
  globalThis.addEventListener?.("online", bringForward);
  if (initialToken) start();

  /** Takes the step that is due. Everything that happens ends here. */
  function update(): void {
    const now = clock.now();
    if (attempt && now >= dueAt) {
      fail(new Error("The token endpoint timed out"));
      endAttempt();
    }
    // After sleep all pages notice at once that they are late, and only the visible one is in a hurry.
    if (!waiters.size && now > dueAt + 2 * minute && page?.hidden) dueAt = now + Math.random() * minute;
    if (!attempt && !stopReason && (waiters.size || !isFinal) && now >= dueAt) start();
    for (const settle of waiters) settle();
    clearTimeout(timer);
    if (isFinal && !waiters.size) return;
    // Wakes up at least every 30 seconds, because long timers pause while a device sleeps.
    timer = setTimeout(update, Math.min(dueAt - now, 30 * second));
    // The timer keeps a Node process alive only for somebody who waits.
    if (!waiters.size) (timer as { unref?(): void }).unref?.();
  }

  function bringForward(): void {
    if (page?.hidden) return;
    hurry();
    update();
  }

  /** Brings the next attempt forward to 5 seconds after the last one began, unless the endpoint forbids it. */
  function hurry(): void {
    if (failures && !isFinal && !attempt)
      dueAt = Math.min(dueAt, Math.max(startedAt + 5 * second, notBefore));
  }

  async function start(): Promise<void> {
    const own = new AbortController();
    // The first attempt reads `initialToken` instead of asking the endpoint.
    const given = initialToken;
    initialToken = undefined;
    attempt = own;
    isFinal = !!given;
    startedAt = clock.now();
    dueAt = startedAt + 30 * second;
    if (isDoubted) nextRetry = startedAt + 5 * second;
    let answer: Awaited<ReturnType<typeof readToken>> | undefined;
    let reason: unknown;
    try {
      // The caller may still end the attempt in the same turn.
      await undefined;
      if (attempt !== own) return;
      isOutdated = false;
      answer = await readToken(
        given ?? (await options.fetchToken(own.signal)),
        clock.toTimestamp(startedAt),
        !!given,
      );
    } catch (error) {
      reason = error;
    }
    // Whatever comes from an attempt that has been ended is ignored.
    if (attempt !== own) return;
    attempt = undefined;
    if (answer) {
      succeed(...answer);
      if (!given) notify("onToken", toResult());
    }
    // An `initialToken` that can't be read is ignored, and a token is fetched at once.
    else if (given) dueAt = 0;
    else fail(reason);
    update();
    if (isOutdated) retry();
  }

  function succeed(fetched: NonNullable<typeof current>, lifetime: number): void {
    current = fetched;
    expiresAt = startedAt + lifetime;
    failures = 0;
    lastError = undefined;
    isFinal = isDoubted = false;
    const early = Math.min(12 * minute, lifetime / 4) * (1 + Math.random());
    dueAt = Math.max(expiresAt - early, clock.now() + 10 * second);
  }

  function fail(reason: unknown): void {
    const now = clock.now();
    let asked: number;
    [lastError, isFinal, asked] = readFailure(reason);
    if (isFinal && isDoubted) expiresAt = 0;
    const isUrgent = !isFinal && (isDoubted || expiresAt - now < 5 * minute);
    const backoff = Math.min((isUrgent ? second : minute) * 2 ** failures++, (isFinal ? 15 : 1) * minute);
    dueAt = now + Math.max(backoff, asked) + (backoff * Math.random()) / 2;
    notBefore = now + asked;
    notify("onFailure", lastError);
  }

  /** Calls back once the state is consistent again, whatever the callback does, throws or rejects with. */
  function notify(name: "onToken" | "onFailure", value: RefreshedToken | TokenRefreshError): void {
    Promise.resolve()
      .then(() => stopReason ?? options[name]?.(value as RefreshedToken & TokenRefreshError))
      .catch(console.error)
      // `console.error` may throw for an error that can't be read.
      .catch(() => {});
  }

  function toResult(): RefreshedToken {
    return { ...(current as RefreshedToken), expiresOnTimestamp: clock.toTimestamp(expiresAt) };
  }

  /** @param isPatient - Whether to wait for as long as it takes, and for a token that remains valid for 5 seconds. */
  function getToken(isPatient: boolean, signal?: AbortSignal): Promise<RefreshedToken> {
    const remaining = isPatient ? 5 * second : 0;
    // What the executor throws becomes a rejection.
    return new Promise((resolve, reject) => {
      const settle = () => {
        if (stopReason) reject(stopReason);
        // React Native's signals have no reason.
        else if (signal?.aborted) reject(signal.reason ?? abortError("The call was aborted"));
        else if (clock.now() + remaining < expiresAt && (failures || !isDoubted)) resolve(toResult());
        else if (!attempt && !isPatient && lastError && (isFinal || dueAt - clock.now() > 15 * second))
          reject(lastError);
        else return;
        if (waiters.delete(settle)) signal?.removeEventListener("abort", update);
      };
      if (stopReason || signal?.aborted) return settle();
      // A thousand callers with the same signal add only one listener.
      signal?.addEventListener("abort", update);
      const before = dueAt;
      if (clock.now() >= expiresAt) hurry();
      // If somebody waits already, the next step is taken without this caller, unless it comes sooner now.
      if (waiters.add(settle).size > 1 && dueAt === before) settle();
      else update();
    });
  }

  function endAttempt(): void {
    const ended = attempt;
    attempt = undefined;
    ended?.abort();
  }

  function retry(): void {
    // If each `retry()` ended the attempt that is running, none at a slow endpoint would ever succeed.
    if (attempt && isDoubted) isOutdated = true;
    else if (!stopReason) {
      isFinal = false;
      isDoubted = true;
      failures = 0;
      dueAt = notBefore = Math.max(clock.now(), notBefore, nextRetry);
      endAttempt();
      update();
    }
  }

  return {
    getToken: (how) => getToken(false, how?.abortSignal),
    // The credential passes a signal, which is ignored: all its callers wait for this token, and the signal belongs to one.
    // The credential rejects a token that expires before it looks at it, so some seconds must be left.
    tokenRefresher: () => getToken(current !== undefined),
    retry,
    stop() {
      stopReason ??= abortError("The token refresher was stopped");
      page?.removeEventListener("visibilitychange", bringForward);
      globalThis.removeEventListener?.("online", bringForward);
      current = undefined;
      isFinal = true;
      endAttempt();
      update();
    },
  };
}

function abortError(message: string): Error {
  return Object.assign(new Error(message), { name: "AbortError" });
}
