/**
 * @typedef {{ token: string, expiresOn: Date, userId?: string }} KeptToken
 * @typedef {KeptToken & { refreshAt: number, expiresAt: number }} TimedToken By the clock of this machine, in milliseconds.
 */

/** Milliseconds. */
const refreshBeforeExpiry = 15 * 60_000;
const longestBackoff = 30_000;
const maxAttempts = 5;

/** The service refuses a token, and asking again won't help. */
export class TokenRefusedError extends Error {
  /** @override */
  name = "TokenRefusedError";
}

/** Keeps one access token fresh. It never looks into a token, so that encrypted ones work as well. */
export class TokenKeeper {
  #fetchToken;
  #onToken;
  #onFailure;
  /** @type {TimedToken | undefined} */
  #current;
  /** @type {Promise<TimedToken> | undefined} */
  #running;
  #stopping = new AbortController();
  // Short intervals instead of one long timer, which stands still while a laptop sleeps.
  #timer = setInterval(() => this.getToken().catch(() => {}), 15_000);

  /**
   * @param {object} options
   * @param {(signal: AbortSignal) => Promise<Response>} options.fetchToken - Calls `POST /token`.
   * @param {(token: KeptToken) => void} [options.onToken] - Told of each new token.
   * @param {(error: Error) => void} [options.onFailure] - Told of each failed attempt.
   */
  constructor({ fetchToken, onToken = () => {}, onFailure = () => {} }) {
    this.#fetchToken = fetchToken;
    this.#onToken = onToken;
    this.#onFailure = onFailure;
  }

  /** For `new AzureCommunicationTokenCredential({ tokenRefresher: keeper.tokenRefresher, refreshProactively: true })`. */
  tokenRefresher = async () => (await this.getToken()).token;

  /** The token. Waits for a new one only if there is none that is still good. @returns {Promise<KeptToken>} */
  async getToken() {
    if (this.#current && Date.now() < this.#current.refreshAt) return this.#current;
    const refreshed = this.refresh();
    if (!this.#current || Date.now() >= this.#current.expiresAt) return refreshed;
    refreshed.catch(() => {});
    return this.#current;
  }

  /** Gets a new token. Calls at the same time share one request. */
  refresh() {
    this.#running ??= this.#fetchWithRetries().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  stop() {
    clearInterval(this.#timer);
    this.#stopping.abort();
  }

  async #fetchWithRetries() {
    for (let attempt = 1; ; attempt++) {
      let response;
      try {
        response = await this.#fetchToken(this.#stopping.signal);
        this.#current = await readToken(response);
        this.#onToken(this.#current);
        return this.#current;
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause));
        this.#stopping.signal.throwIfAborted();
        this.#onFailure(error);
        if (error instanceof TokenRefusedError || attempt === maxAttempts) throw error;
        await delay(delayAfter(response, attempt), this.#stopping.signal);
      }
    }
  }
}

/** @param {Response} response */
async function readToken(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    const isFinal = response.status < 500 && response.status !== 429;
    throw new (isFinal ? TokenRefusedError : Error)(
      body.detail ?? `The token service answered ${response.status}`,
    );
  }
  const expiresOn = new Date(body.expiresOn);
  const now = Date.now();
  // By the server's clock, since this machine's may be wrong, and every token would look expired.
  const lifetime = expiresOn.getTime() - (Date.parse(response.headers.get("Date") ?? "") || now);
  const refreshAt = now + lifetime - Math.min(refreshBeforeExpiry, lifetime / 4);
  return {
    token: body.token,
    expiresOn,
    userId: body.user?.communicationUserId,
    refreshAt,
    expiresAt: now + lifetime,
  };
}

/**
 * What the service asks for, but at least exponential backoff; with jitter, so that clients don't return all at once.
 * @param {Response | undefined} response
 * @param {number} attempt
 */
function delayAfter(response, attempt) {
  const asked = Number(response?.headers.get("Retry-After")) * 1000 || 0;
  return Math.max(asked, Math.min(2 ** (attempt - 1) * 1000, longestBackoff)) * (1 + Math.random() / 2);
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function delay(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
