// Core's token cycler leaves a failed background refresh unhandled, which ends the process, and hands the first
// caller's abort signal to the refresh that all callers wait for.
import type { AccessToken, GetTokenOptions, TokenCredential } from "@azure/core-auth";
import type { PipelinePolicy, PipelineRequest } from "@azure/core-rest-pipeline";
import { isLoopback } from "../clientArguments.js";
import { logger } from "../logger.js";

/** The double slash is the service's own: every official client asks for this scope. */
const scope = "https://communication.azure.com//.default";

/** A token is renewed in the background when it expires within this time, unless the credential says otherwise. */
const refreshWindowInMs = 2 * 60_000;
/** A refresh that takes longer is given up for lost, so that later calls do not wait for it. */
const longestRefreshInMs = 30_000;

/** Sends the Entra ID token of a credential as a bearer token, over https or to a loopback host alone. */
export function tokenCredentialPolicy(credential: TokenCredential): PipelinePolicy {
  const tokens = new TokenCache(credential);

  return {
    name: "acsTokenCredentialPolicy",
    async sendRequest(request, next) {
      const url = new URL(request.url);
      if (url.protocol !== "https:" && !isLoopback(url.hostname)) {
        throw new Error("An Entra ID token goes over plain http to a loopback host only.");
      }
      const token = await tokens.get();
      authorize(request, token);
      const response = await next(request);
      if (response.status !== 401) return response;
      tokens.forget(token);
      const claims = readClaims(response.headers.get("WWW-Authenticate"));
      if (claims === undefined) return response;
      authorize(request, await tokens.renew({ claims }));
      return next(request);
    },
  };
}

function authorize(request: PipelineRequest, { token, tokenType = "Bearer" }: AccessToken): void {
  request.headers.set("Authorization", `${tokenType} ${token}`);
}

/** One token for all calls, and one refresh that belongs to none of them. */
class TokenCache {
  readonly #credential: TokenCredential;
  #token: AccessToken | undefined;
  #refresh: Promise<AccessToken> | undefined;
  #refreshStart = 0;

  constructor(credential: TokenCredential) {
    this.#credential = credential;
  }

  get(): AccessToken | Promise<AccessToken> {
    const now = Date.now();
    const token = this.#token;
    if (!token || token.expiresOnTimestamp <= now) return this.renew();
    if ((token.refreshAfterTimestamp ?? token.expiresOnTimestamp - refreshWindowInMs) <= now) {
      this.renew().catch((error: unknown) => {
        const name = error instanceof Error ? error.name : "unknown error";
        logger.warning(
          `The Entra ID token could not be renewed early (${name}); the current one is still valid.`,
        );
      });
    }
    return token;
  }

  /** Does nothing when the token was replaced meanwhile. */
  forget(token: AccessToken): void {
    if (this.#token === token) this.#token = undefined;
  }

  renew(options: GetTokenOptions = {}): Promise<AccessToken> {
    const now = Date.now();
    if (this.#refresh && !options.claims && now - this.#refreshStart < longestRefreshInMs)
      return this.#refresh;
    const refresh = this.#fetch(options);
    this.#refresh = refresh;
    this.#refreshStart = now;
    const end = () => {
      if (this.#refresh === refresh) this.#refresh = undefined;
    };
    refresh.then(end, end);
    return refresh;
  }

  async #fetch(options: GetTokenOptions): Promise<AccessToken> {
    const token = await this.#credential.getToken([scope], { enableCae: true, ...options });
    if (!token) throw new Error("The credential gave no Entra ID token. Is it signed in?");
    this.#token = token;
    return token;
  }
}

/** The claims of a Continuous Access Evaluation challenge, decoded. */
function readClaims(challenge: string | undefined): string | undefined {
  if (!challenge?.includes('error="insufficient_claims"')) return undefined;
  const encoded = /\bclaims="([A-Za-z0-9+/=_-]{1,8192})"/.exec(challenge)?.[1];
  if (encoded === undefined) return undefined;
  try {
    return atob(encoded.replace(/-/g, "+").replace(/_/g, "/"));
  } catch {
    return undefined;
  }
}
