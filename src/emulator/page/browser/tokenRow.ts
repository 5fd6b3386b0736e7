import type { ListedToken } from "./adminApi.js";
import { copyButton } from "./copy.js";
import { element, type Row, setText } from "./dom.js";
import { emulatorClock } from "./emulatorClock.js";
import { formatCountdown, formatDayAndTime, formatTime, shorten } from "./format.js";
import { fetchToken, knownToken } from "./knownTokens.js";

/** From here on the countdown warns. */
const soonInMs = 10 * 60_000;

/** One token with its scopes and what is left of its life. */
export class TokenRow implements Row<ListedToken> {
  readonly element: HTMLElement;
  readonly #state: HTMLElement = element("span", { class: "token-state number" });
  readonly #life: HTMLElement = element("span", { class: "life", "aria-hidden": "true" }, element("i"));
  readonly #text: HTMLElement = element("code", { class: "token-text" });
  readonly #copy: HTMLButtonElement;
  #token: ListedToken;

  constructor(token: ListedToken, onError: (error: unknown) => void) {
    this.#token = token;
    const fetched = async () => {
      const text = await fetchToken(this.#token);
      this.#showText();
      return text;
    };
    const text = () => knownToken(this.#token) ?? fetched();
    this.#copy = copyButton("", text, onError, `token ${token.number}`);
    this.element = element(
      "li",
      { class: "token" },
      element("span", { class: "token-life" }, this.#state, this.#life),
      element("span", { class: "scopes" }, ...token.scopes.map((scope) => element("span", {}, scope))),
      this.#text,
      this.#copy,
    );
  }

  update(token: ListedToken): void {
    this.#token = token;
    const issued = formatDayAndTime(Date.parse(token.issuedAt));
    const expires = formatDayAndTime(Date.parse(token.expiresOn));
    this.element.title = `Token ${token.number}\nissued ${issued}\nexpires ${expires}`;
    this.#showText();
    this.tick();
  }

  focus(): void {
    this.#copy.focus();
  }

  isActive(): boolean {
    return this.#token.revokedAt === undefined && Date.parse(this.#token.expiresOn) > emulatorClock.now();
  }

  /** Called each second. */
  tick(): void {
    const now = emulatorClock.now();
    const { revokedAt, issuedAt } = this.#token;
    const expiresOn = Date.parse(this.#token.expiresOn);
    const left = expiresOn - now;
    const state = revokedAt ? "revoked" : left <= 0 ? "expired" : left < soonInMs ? "soon" : "active";
    if (this.element.dataset.state !== state) this.element.dataset.state = state;
    if (revokedAt) setText(this.#state, `revoked ${formatTime(Date.parse(revokedAt), now)}`);
    else if (left <= 0) setText(this.#state, `expired ${formatTime(expiresOn, now)}`);
    else setText(this.#state, formatCountdown(left));
    const share = Math.min(1, Math.max(0, left / (expiresOn - Date.parse(issuedAt))));
    const bar = this.#life.firstElementChild;
    if (bar instanceof HTMLElement) bar.style.width = `${(share * 100).toFixed(1)}%`;
  }

  /** Its user is gone. */
  showVoid(): void {
    this.element.dataset.state = "void";
    setText(this.#state, "void");
  }

  #showText(): void {
    const known = knownToken(this.#token);
    setText(this.#text, known ? shorten(known) : `token ${this.#token.number}`);
  }
}
