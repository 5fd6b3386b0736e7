// Core's token cycler (core-rest-pipeline 1.25.1) leaves a failed background refresh unhandled, which ends the process
// (Azure/azure-sdk-for-js#30244 shows the place), and passes the first caller's abort signal to the refresh that all callers
// wait for. Its policy also refuses to send an Entra ID token over plain http to a loopback host, where the emulator listens.
import type { AccessToken, TokenCredential } from "@azure/core-auth";
import type { PipelinePolicy, PipelineRequest } from "@azure/core-rest-pipeline";
import { logger } from "../logger.js";
import { isLoopback } from "./loopback.js";

/** The double slash isn't a mistake: every official client requests this scope. */
const scope = "https://communication.azure.com//.default";

/** A token that expires within this time is refreshed in the background, unless the credential says when to refresh. */
const refreshWindowInMs = 2 * 60_000;
/** A longer refresh counts as lost, and later calls don't wait for it. */
const maxRefreshInMs = 30_000;

interface ClaimedToken extends AccessToken {
  /** The claims of the challenge that this token was requested for. */
  readonly claims: string | undefined;
}

interface Refresh {
  readonly token: Promise<ClaimedToken>;
  readonly claims: string | undefined;
  readonly startInMs: number;
}

/**
 * Sends the Entra ID token of a credential as a bearer token, over https or to a loopback host only. All calls share one
 * token, and one refresh, which no single call can cancel.
 */
export function bearerTokenPolicy(credential: TokenCredential): PipelinePolicy {
  let current: ClaimedToken | undefined;
  let refresh: Refresh | undefined;
  let challenges = 0;

  async function fetchToken(claims: string | undefined): Promise<ClaimedToken> {
    if (claims) challenges++;
    const challengesBefore = challenges;
    const token = await credential.getToken([scope], { enableCae: true, ...(claims && { claims }) });
    if (!token) throw new Error("The credential returned no Entra ID token. Is it signed in?");
    // fetch repeats a header value that it refuses in its error message.
    if (/[^\x20-\x7e]/.test(token.token.trim())) {
      throw new TypeError("The credential's Entra ID token has characters that don't fit into a header.");
    }
    // A token without a readable expiry is refreshed at its next use.
    const expiresOnTimestamp = Number.isFinite(token.expiresOnTimestamp)
      ? token.expiresOnTimestamp
      : Date.now() + refreshWindowInMs;
    const claimed = { ...token, expiresOnTimestamp, claims };
    // A token that was requested before the challenge lacks its claims.
    if (challenges === challengesBefore) current = claimed;
    return claimed;
  }

  function renew(claims?: string): Promise<ClaimedToken> {
    // This clock is monotonic. If the system clock is set back, a lost refresh still looks old.
    const now = performance.now();
    if (refresh && refresh.claims === claims && now - refresh.startInMs < maxRefreshInMs)
      return refresh.token;
    const started: Refresh = { token: fetchToken(claims), claims, startInMs: now };
    refresh = started;
    const end = () => {
      if (refresh === started) refresh = undefined;
    };
    started.token.then(end, end);
    return started.token;
  }

  function validToken(): ClaimedToken | Promise<ClaimedToken> {
    const now = Date.now();
    if (!current || current.expiresOnTimestamp <= now) return renew();
    if ((current.refreshAfterTimestamp ?? current.expiresOnTimestamp - refreshWindowInMs) <= now) {
      renew().catch((error: Partial<Error> | undefined) => {
        logger.warning(`The Entra ID token is still valid, but was not renewed: ${error?.name}.`);
      });
    }
    return current;
  }

  return {
    name: "bearerTokenAuthenticationPolicy",
    async sendRequest(request, next) {
      const url = new URL(request.url);
      if (url.protocol !== "https:" && !isLoopback(url.hostname)) {
        throw new Error("An Entra ID token can be sent over plain http only to a loopback host.");
      }
      const token = await validToken();
      authorize(request, token);
      const response = await next(request);
      if (response.status !== 401) return response;
      // Another call may have replaced it already.
      if (current === token) current = undefined;
      const claims = readClaims(response.headers.get("WWW-Authenticate"));
      if (claims === undefined) return response;
      // Calls that received the same challenge share one refresh, even if it has finished already.
      authorize(request, current?.claims === claims ? current : await renew(claims));
      return next(request);
    },
  };
}

function authorize(request: PipelineRequest, { token, tokenType = "Bearer" }: AccessToken): void {
  request.headers.set("Authorization", `${tokenType} ${token}`);
}

/** The claims of a Continuous Access Evaluation challenge, decoded. */
function readClaims(challenge: string | undefined): string | undefined {
  const encoded = challenge?.includes("insufficient_claims") && /\bclaims="([^"]+)"/.exec(challenge)?.[1];
  try {
    return encoded ? atob(encoded.replace(/-/g, "+").replace(/_/g, "/")) : undefined;
  } catch {
    return undefined;
  }
}
