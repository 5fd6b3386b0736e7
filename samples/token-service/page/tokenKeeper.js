/** The share of a token's life after which it is renewed: the rest is the time in which a failure can be mended. */
const RENEW_AFTER = 0.9;
/** Milliseconds. */
const FIRST_RETRY = 5_000;
const LONGEST_RETRY = 60_000;

/**
 * @typedef {{ token: string, expiresOn: Date, user: { communicationUserId: string } }} AccessToken
 * @typedef {{ leftInMs: number, lifetimeInMs: number, renewalInMs: number }} Tick
 */

/** Keeps one token fresh, until it is stopped. */
export class TokenKeeper {
  #options;
  /** @type {Promise<void> | undefined} */
  #running;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  #stopped = false;
  #retryDelay = FIRST_RETRY;
  /** By the clock of this machine. */
  #expiresAt = 0;
  #lifetime = 1;
  #renewAt = 0;

  /**
   * @param {{
   *   fetchToken: () => Promise<Response>,
   *   onToken: (token: AccessToken, why: string) => void,
   *   onTick: (tick: Tick) => void,
   *   onFailure: (message: string) => void,
   * }} options
   */
  constructor(options) {
    this.#options = options;
  }

  /**
   * Gets a new token. Calls at the same time share one request.
   * @param {string} why
   * @returns {Promise<void>}
   */
  renew(why) {
    this.#running ??= this.#renew(why).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  stop() {
    this.#stopped = true;
    clearInterval(this.#timer);
  }

  /** @param {string} why */
  async #renew(why) {
    const response = await this.#options.fetchToken().catch(() => undefined);
    if (this.#stopped) return;
    // A tick each second, and not one long timer: timers stand still while a laptop sleeps.
    this.#timer ??= setInterval(() => this.#tick(), 1000);
    if (!response?.ok) return this.#failed(response);
    const { token, expiresOn, user } = await response.json();
    this.#schedule(Date.parse(expiresOn), response.headers.get("Date"));
    this.#options.onToken({ token, expiresOn: new Date(expiresOn), user }, why);
    this.#tick();
  }

  /**
   * By the server's clock, since this machine's may be wrong: a token would look expired for ever.
   * @param {number} expiresAt
   * @param {string | null} serverDate
   */
  #schedule(expiresAt, serverDate) {
    const now = Date.now();
    this.#lifetime = expiresAt - (serverDate ? Date.parse(serverDate) : now);
    this.#expiresAt = now + this.#lifetime;
    this.#renewAt = now + this.#lifetime * RENEW_AFTER;
    this.#retryDelay = FIRST_RETRY;
  }

  /** @param {Response | undefined} response */
  async #failed(response) {
    const asked = Number(response?.headers.get("Retry-After")) * 1000;
    const delay = Math.max(this.#retryDelay, asked || 0);
    this.#renewAt = Date.now() + delay;
    this.#retryDelay = Math.min(this.#retryDelay * 2, LONGEST_RETRY);
    const reason = response ? (await response.json()).error.message : "The token service can't be reached.";
    this.#options.onFailure(`${reason} Trying again in ${Math.round(delay / 1000)} s.`);
    this.#tick();
  }

  #tick() {
    const now = Date.now();
    this.#options.onTick({
      leftInMs: this.#expiresAt - now,
      lifetimeInMs: this.#lifetime,
      renewalInMs: this.#renewAt - now,
    });
    if (now >= this.#renewAt) this.renew("Renewed by itself");
  }
}
