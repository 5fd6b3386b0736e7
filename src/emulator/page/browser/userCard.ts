import { adminApi, type ListedToken, type ListedUser, tokensPerUser } from "./adminApi.js";
import { revokeTokens } from "./client.js";
import { copyButton } from "./copy.js";
import { announce, button, element, KeyedList, type Row, setText } from "./dom.js";
import { emulatorClock } from "./emulatorClock.js";
import { formatDayAndTime, formatNumber, formatTime, plural, splitUserId } from "./format.js";
import { ExpiredTokens } from "./knownTokens.js";
import { ProblemBox } from "./problem.js";
import { TokenRow } from "./tokenRow.js";

export interface UserActions {
  issue(card: UserCard): void;
  delete(card: UserCard): void;
  /** The emulator's state has changed. */
  changed(): Promise<void>;
  dismiss(card: UserCard): void;
}

/** One user with its tokens and what can be done to it. */
export class UserCard implements Row<ListedUser> {
  readonly element: HTMLElement;
  readonly problem: ProblemBox = new ProblemBox();
  /** What the user is called on the page. */
  readonly name: string;
  #user: ListedUser;
  readonly #actions: UserActions;
  readonly #expired = new ExpiredTokens();
  readonly #facts: HTMLElement = element("span", { class: "muted number" });
  readonly #older = button("", () => void this.#showAll());
  readonly #more: HTMLElement = element("p", { class: "muted more-tokens", hidden: "" }, this.#older);
  readonly #buttons: HTMLElement;
  readonly #tokens: KeyedList<ListedToken, TokenRow>;
  /** Whether the older ones were asked for. */
  #showsAll = false;
  #isDeleted = false;

  constructor(user: ListedUser, actions: UserActions) {
    this.#user = user;
    this.#actions = actions;
    this.name = user.customId ?? splitUserId(user.id).own;
    const onError = (error: unknown) => this.problem.show(error);
    const tokens = element("ul", { class: "tokens" });
    this.#tokens = new KeyedList(
      tokens,
      ({ number, issuedAt }) => `${number} ${issuedAt}`,
      (token) => new TokenRow(token, onError),
    );
    this.#buttons = element("div", { class: "buttons" }, ...this.#makeButtons());
    const copyId = copyButton("id", () => user.id, onError, `of user ${this.name}`);
    const title = element("h3", { title: user.id }, user.customId ?? idView(user.id));
    const hasCustomId = user.customId !== undefined;
    this.element = element(
      "li",
      { class: "user", tabindex: "-1", "aria-label": `User ${this.name}` },
      element(
        "div",
        { class: "user-head" },
        hasCustomId ? title : element("div", { class: "id-line" }, title, copyId),
        this.#buttons,
        element(
          "p",
          { class: "user-id" },
          hasCustomId ? element("span", { class: "id-line" }, idView(user.id), copyId) : undefined,
          this.#facts,
        ),
      ),
      this.problem.element,
      tokens,
      this.#more,
    );
  }

  get id(): string {
    return this.#user.id;
  }

  update(user: ListedUser): void {
    if (this.#isDeleted) return;
    this.#user = user;
    // Never the newest few in between, since rows that go and come lose the focus.
    if (this.#showsAll) this.#fetchTokens().catch((error) => this.problem.show(error));
    else this.#showTokens(user.tokens);
  }

  #showTokens(tokens: readonly ListedToken[]): void {
    this.#tokens.show(this.#expired.merge(tokens, emulatorClock.now()));
    const older = this.#user.tokenCount - tokens.length;
    this.#more.hidden = older <= 0;
    if (this.#showsAll) setText(this.#more, `and ${formatNumber(older)} older`);
    else setText(this.#older, `Show ${formatNumber(older)} older`);
    this.#older.ariaLabel = `Show ${formatNumber(older)} older tokens of user ${this.name}`;
    this.tick();
  }

  async #fetchTokens(): Promise<void> {
    const tokens = await adminApi.tokensOf(this.id);
    if (!this.#isDeleted) this.#showTokens(tokens);
  }

  async #showAll(): Promise<void> {
    this.#showsAll = true;
    if (await this.problem.attempt(() => this.#fetchTokens())) {
      [...this.#tokens.rows()][tokensPerUser]?.focus();
    } else {
      this.#showsAll = false;
    }
  }

  /** Called each second. */
  tick(): void {
    if (this.#isDeleted) return;
    let active = 0;
    let shown = 0;
    for (const row of this.#tokens.rows()) {
      row.tick();
      shown += 1;
      if (row.isActive()) active += 1;
    }
    const created = Date.parse(this.#user.createdAt);
    this.#facts.title = formatDayAndTime(created);
    const now = emulatorClock.now();
    const { tokenCount, lastTokenIssuedAt: last } = this.#user;
    const none = last ? `no valid token, the last issued ${formatTime(Date.parse(last), now)}` : "no token";
    const tokens = tokenCount > shown ? plural(tokenCount, "token") : `${active} active`;
    setText(this.#facts, `created ${formatTime(created, now)} · ${shown === 0 ? none : tokens}`);
  }

  focusNewest(): void {
    const newest = this.#tokens.rows().next().value;
    if (newest) newest.focus();
    else this.#buttons.querySelector("button")?.focus();
    this.element.scrollIntoView({ block: "nearest" });
    this.element.classList.remove("fresh");
    // Asked for between the two, so that the animation starts again.
    void this.element.offsetWidth;
    this.element.classList.add("fresh");
  }

  /** Stays as a mark of what was there. */
  showDeleted(): void {
    this.#isDeleted = true;
    this.problem.clear();
    this.element.classList.add("deleted");
    const count = this.#user.tokenCount;
    const fate =
      count === 0 ? "" : count === 1 ? " Its token is void." : ` Its ${formatNumber(count)} tokens are void.`;
    setText(this.#facts, `deleted ${formatTime(emulatorClock.now(), emulatorClock.now())}.${fate}`);
    const dismiss = button("Dismiss", () => this.#actions.dismiss(this), {
      "aria-label": `Dismiss deleted user ${this.name}`,
    });
    this.#buttons.replaceChildren(dismiss);
    this.#more.hidden = true;
    for (const row of this.#tokens.rows()) row.showVoid();
    dismiss.focus();
  }

  #makeButtons(): HTMLButtonElement[] {
    return [
      button("Issue token", () => this.#actions.issue(this), {
        "aria-label": `Issue token for user ${this.name}`,
      }),
      button("Revoke", () => void this.#revoke(), { "aria-label": `Revoke tokens of user ${this.name}` }),
      button("Delete", () => this.#actions.delete(this), {
        class: "danger",
        "aria-label": `Delete user ${this.name}`,
      }),
    ];
  }

  async #revoke(): Promise<void> {
    const done = await this.problem.attempt(() => revokeTokens(this.id));
    await this.#actions.changed();
    if (done) announce(`All tokens of user ${this.name} are revoked`);
  }
}

/** The part that differs from user to user stands out. */
function idView(id: string): HTMLElement {
  const { prefix, own } = splitUserId(id);
  return element("code", { title: id }, element("span", { class: "light" }, prefix), own);
}
