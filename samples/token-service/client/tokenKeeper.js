/**
 * @typedef {{ token: string, expiresOn: Date, userId?: string }} KeptToken
 * @typedef {KeptToken & { refreshAt: number, expiresAt: number }} TimedToken In milliseconds, by this machine's clock.
 */

/** Milliseconds. */
const refreshBeforeExpiry = 15 * 60_000;
const maxAttempts = 5;

/** Keeps one access token fresh. It never decodes a token, so encrypted ones work, too. */
export class TokenKeeper {
  #options;
  /** @type {TimedToken | undefined} */
  #current;
  /** @type {Promise<TimedToken> | undefined} */
  #running;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  #stopping = new AbortController();

  /**
   * @param {object} options
   * @param {(signal: AbortSignal) => Promise<Response>} options.fetchToken - Calls `POST /token`.
   * @param {(token: TimedToken) => void} [options.onToken] - Called with each new token.
   * @param {(error: Error) => void} [options.onFailure] - Called for each failed attempt.
   */
  constructor(options) {
    this.#options = options;
  }

  /** For `new AzureCommunicationTokenCredential({ tokenRefresher: keeper.tokenRefresher, refreshProactively: true })`. */
  tokenRefresher = async () => (await this.getToken()).token;

  /** Returns the token, and waits for a new one only if there is none that is still valid. */
  async getToken() {
    if (this.#current && Date.now() < this.#current.refreshAt) return this.#current;
    const refreshed = this.refresh();
    if (!this.#current || Date.now() >= this.#current.expiresAt) return refreshed;
    refreshed.catch(() => {});
    return this.#current;
  }

  /** Gets a new token. Concurrent calls share one request. From the first call on, the token is refreshed in time. */
  refresh() {
    // Short intervals instead of one long timer, which would pause while a laptop sleeps.
    this.#timer ??= setInterval(() => this.getToken().catch(() => {}), 15_000);
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
    const { fetchToken, onToken, onFailure } = this.#options;
    const { signal } = this.#stopping;
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted();
      const response = await fetchToken(signal).catch((/** @type {Error} */ error) => error);
      const body = response instanceof Error ? {} : await response.json().catch(() => ({}));
      signal.throwIfAborted();
      if (!(response instanceof Error) && response.ok) {
        this.#current = timed(body, response.headers);
        onToken?.(this.#current);
        return this.#current;
      }
      const error =
        response instanceof Error ? response : new Error(body.detail ?? `Status ${response.status}`);
      onFailure?.(error);
      const isFinal = !(response instanceof Error) && response.status < 500 && response.status !== 429;
      if (isFinal || attempt === maxAttempts) throw error;
      // Exponential backoff, or longer if the service asks for it, with jitter so that clients don't all retry at
      // the same time.
      const asked = response instanceof Error ? 0 : Number(response.headers.get("Retry-After")) * 1000 || 0;
      const delay = Math.max(asked, 2 ** (attempt - 1) * 1000) * (1 + Math.random() / 2);
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
}

/**
 * Counts from the server's time: if this machine's clock is wrong, every token could look expired.
 * @param {{ token: string, expiresOn: string, user?: { communicationUserId: string } }} body
 * @param {Headers} headers
 * @returns {TimedToken}
 */
function timed({ token, expiresOn, user }, headers) {
  const now = Date.now();
  const lifetime = Date.parse(expiresOn) - (Date.parse(headers.get("Date") ?? "") || now);
  const refreshAt = now + lifetime - Math.min(refreshBeforeExpiry, lifetime / 4);
  const userId = user ? { userId: user.communicationUserId } : {};
  return { token, expiresOn: new Date(expiresOn), ...userId, refreshAt, expiresAt: now + lifetime };
}
