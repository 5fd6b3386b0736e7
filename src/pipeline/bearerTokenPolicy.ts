// Core's token cycler (core-rest-pipeline 1.25.1) leaves a failed background refresh unhandled, which ends the process
// (Azure/azure-sdk-for-js#30244 shows the place), and passes the first caller's abort signal to the refresh that all callers
// wait for. Its policy also refuses to send an Entra ID token over plain http to a loopback host, where the emulator listens.
import type { TokenCredential } from "@azure/core-auth";
import { type PipelinePolicy, type PipelineRequest, RestError } from "@azure/core-rest-pipeline";
import { requireText } from "../arguments/requireText.js";
import { isRestError } from "../errors.js";
import { logger } from "../logger.js";
import { isLoopback } from "../shared/loopback.js";
import { originalRequest } from "./attemptPolicy.js";
import { inStep, type Step } from "./cancellation.js";

/** A token is refreshed in the background if it expires within this window, unless the credential says when to refresh. */
const refreshWindowInMs = 2 * 60_000;
/** A longer refresh counts as lost: another one replaces it, and gives its token to those who wait for the lost one. */
const maxRefreshInMs = 30_000;
/** How long refreshes in the background pause after one that failed. The pause doubles with each failure. */
const firstPauseInMs = 3_000;
/** The longest pause, and how rarely a token is replaced because it was refused. */
export const longestPauseInMs = 60_000;

const signIn: Step = [
  "CREDENTIAL_TIMEOUT",
  "The credential returned no Entra ID token",
  "This attempt sent nothing. Check its sign-in",
];

interface ClaimedToken {
  /** The value of the `Authorization` header. */
  readonly authorization: string;
  readonly expiresOnTimestamp: number;
  readonly refreshAfterTimestamp: number | undefined;
  /** The claims of the challenge that this token was requested for. */
  readonly claims: string | undefined;
}

interface Refresh {
  readonly token: Promise<ClaimedToken>;
  readonly claims: string | undefined;
  readonly startInMs: number;
  /** Gives a token to those who wait, unless they have one. */
  give(token: ClaimedToken): void;
  /** Set once a second call waits, which must not wait for longer than the refresh may take. */
  replacement?: ReturnType<typeof setTimeout>;
}

/**
 * Sends the Entra ID token of a credential as a bearer token, over https or to a loopback host only. All calls share one
 * token, and one refresh, which no single call can cancel. If a refresh fails, the calls that wait for it reject with its
 * error. The next call without a valid token starts another one.
 */
export function bearerTokenPolicy(
  credential: TokenCredential,
  audience: string = "https://communication.azure.com",
): PipelinePolicy {
  requireText(audience, "The audience");
  // The double slash isn't a mistake: every official client requests this scope.
  const scope = `${audience.replace(/\/$/, "")}//.default`;
  let current: ClaimedToken | undefined;
  let refresh: Refresh | undefined;
  let nextPauseInMs = firstPauseInMs;
  let pausedUntilInMs = 0;
  let replacedInMs = Number.NEGATIVE_INFINITY;
  // The requests of calls that have answered a challenge. A call answers only one, so a server can't make it send more than
  // one additional request.
  const answered = new WeakSet<PipelineRequest>();

  async function fetchToken(claims: string | undefined): Promise<ClaimedToken> {
    const given = await credential.getToken([scope], { enableCae: true, ...(claims && { claims }) });
    if (!given?.token || typeof given.token !== "string") {
      throw new Error("The credential returned no Entra ID token. Is it signed in?");
    }
    const { token, tokenType, expiresOnTimestamp, refreshAfterTimestamp } = given;
    // fetch repeats a header value that it refuses in its error message.
    if (/[^\x20-\x7e]/.test(token.trim())) {
      throw new Error("The credential's Entra ID token has characters that don't fit into a header.");
    }
    return {
      authorization: `${tokenType ?? "Bearer"} ${token}`,
      // A token without a readable expiry is refreshed at its next use.
      expiresOnTimestamp: Number.isFinite(expiresOnTimestamp)
        ? expiresOnTimestamp
        : Date.now() + refreshWindowInMs,
      refreshAfterTimestamp,
      claims,
    };
  }

  /** Starts a refresh, unless one is in progress. Only one is in progress, whatever its claims. */
  function renew(claims?: string): Promise<ClaimedToken> {
    // With a monotonic clock, a lost refresh still looks old if the system clock is set back.
    const now = performance.now();
    const running = refresh;
    if (running && now - running.startInMs < maxRefreshInMs) {
      if (!running.replacement) {
        running.replacement = setTimeout(
          () => refresh === running && renew(running.claims).catch(() => undefined),
          // Timers may be a millisecond early.
          running.startInMs + maxRefreshInMs + 2 - now,
        );
        // The calls that wait keep a process alive. In Node, a timer is an object.
        (running.replacement as { unref?(): void }).unref?.();
      }
      const isSuitable = claims === undefined || claims === running.claims;
      return isSuitable ? running.token : running.token.then(() => renew(claims));
    }
    let give: Refresh["give"] = () => undefined;
    const fetched = fetchToken(claims);
    const first = new Promise<ClaimedToken>((resolve, reject) => {
      give = resolve;
      fetched.then(resolve, reject);
    });
    const started: Refresh = { token: first, claims, startInMs: now, give };
    refresh = started;
    // Who has asked for other claims would be refused with this token.
    if (running && (running.claims ?? claims) === claims) first.then(running.give, () => undefined);
    fetched.then(
      (token) => {
        clearTimeout(started.replacement);
        nextPauseInMs = firstPauseInMs;
        // A lost refresh may lack the claims of a later challenge.
        if (refresh !== started) return;
        refresh = undefined;
        current = token;
      },
      (error: Partial<Error> | undefined) => {
        clearTimeout(started.replacement);
        if (refresh === started) refresh = undefined;
        pausedUntilInMs = performance.now() + nextPauseInMs;
        nextPauseInMs = Math.min(nextPauseInMs * 2, longestPauseInMs);
        logger.warning(`The credential gave no new Entra ID token: ${error?.name}.`);
      },
    );
    return first;
  }

  function validToken(): ClaimedToken | Promise<ClaimedToken> {
    if (!isValid(current)) return renew().catch(throwOwnCopy);
    const renewAt = current.refreshAfterTimestamp ?? current.expiresOnTimestamp - refreshWindowInMs;
    // `renew` logs a failure itself.
    if (renewAt <= Date.now() && performance.now() >= pausedUntilInMs) renew().catch(() => undefined);
    return current;
  }

  return {
    name: "bearerTokenAuthenticationPolicy",
    async sendRequest(request, next) {
      const url = new URL(request.url);
      if (url.protocol !== "https:" && !isLoopback(url.hostname)) {
        throw new Error("An Entra ID token can be sent over plain http only to a loopback host.");
      }
      const token = await inStep(request.abortSignal, signIn, validToken());
      request.headers.set("Authorization", token.authorization);
      const response = await next(request);
      if (response.status !== 401) return response;
      const claims = readClaims(response.headers.get("WWW-Authenticate"));
      // The token may have been replaced by another call.
      if (current === token) {
        // The token may have been revoked. If its successor is refused as well, a third one would be no better.
        if ((claims ?? token.claims) === token.claims) {
          if (performance.now() - replacedInMs < longestPauseInMs) return response;
          replacedInMs = performance.now();
        }
        current = undefined;
      }
      const original = originalRequest(request);
      if (claims === undefined || answered.has(original)) return response;
      answered.add(original);
      // Calls that received the same challenge share one refresh, even if it has finished already.
      const renewed = current?.claims === claims ? current : renew(claims).catch(throwOwnCopy);
      const successor = await inStep(request.abortSignal, signIn, renewed);
      request.headers.set("Authorization", successor.authorization);
      return next(request);
    },
  };
}

function isValid(token: ClaimedToken | undefined): token is ClaimedToken {
  return token !== undefined && token.expiresOnTimestamp > Date.now();
}

/** Throws a copy of a `RestError`, to which the client adds the request id of the one call that gets it. */
function throwOwnCopy(error: unknown): never {
  if (!isRestError(error)) throw error;
  throw Object.assign(new RestError(error.message, error as object), error, { stack: error.stack });
}

/** Returns the decoded claims of a Continuous Access Evaluation challenge, or undefined if it has none. */
function readClaims(challenge: string | undefined): string | undefined {
  const encoded = challenge?.includes("insufficient_claims") && /\bclaims="([^"]+)"/.exec(challenge)?.[1];
  try {
    return encoded ? atob(encoded.replace(/-/g, "+").replace(/_/g, "/")) : undefined;
  } catch {
    return undefined;
  }
}
