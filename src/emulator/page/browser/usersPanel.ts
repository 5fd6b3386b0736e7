import { adminApi, type ListedUser, type UserPage } from "./adminApi.js";
import { announce, byId, KeyedList, setText } from "./dom.js";
import { formatNumber, plural } from "./format.js";
import { openInspectToken } from "./inspectDialog.js";
import { type UserActions, UserCard } from "./userCard.js";
import { openDeleteUser, openIssueToken, openNewUser } from "./userDialogs.js";

const usersPerPage = 50;
const mostUsers = 1000;
/** The list waits this long for the next letter. */
const typingPauseInMs = 120;

/** Users and their tokens, the newest first. */
export class UsersPanel {
  readonly #changed: () => Promise<void>;
  readonly #search = byId("search", HTMLInputElement);
  readonly #newUser = byId("new-user", HTMLButtonElement);
  readonly #list: KeyedList<ListedUser, UserCard>;
  /** Deleted here, and still shown at their place until they are dismissed. */
  #deleted: { user: ListedUser; before: string | undefined }[] = [];
  #users: readonly ListedUser[] = [];
  #limit = usersPerPage;
  #matching = 0;

  /** @param changed - Called when the panel needs what the emulator has now. */
  constructor(changed: () => Promise<void>) {
    this.#changed = changed;
    const actions: UserActions = {
      issue: (card) => void this.#issue(card),
      delete: (card) => void this.#delete(card),
      changed,
      dismiss: (card) => this.#dismiss(card),
    };
    this.#list = new KeyedList(byId("user-list", HTMLElement), keyOf, (user) => new UserCard(user, actions));
    this.#newUser.addEventListener("click", () => void this.#create());
    byId("inspect-token", HTMLButtonElement).addEventListener("click", () => void openInspectToken());
    byId("show-more", HTMLButtonElement).addEventListener("click", () => void this.#showMore());
    let pause: ReturnType<typeof setTimeout> | undefined;
    this.#search.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(() => void this.#find(), typingPauseInMs);
    });
    this.#search.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.#search.value === "") return;
      event.preventDefault();
      this.#search.value = "";
      void this.#find();
    });
  }

  async refresh(): Promise<void> {
    const search = this.#search.value.trim();
    const page = await adminApi.users(this.#limit, search);
    // An answer to what was typed before comes too late.
    if (search !== this.#search.value.trim()) return;
    this.#users = page.users;
    this.#matching = page.matching;
    this.#showList();
    this.#showCounts(page, search);
  }

  /** Called each second. */
  tick(): void {
    for (const card of this.#list.rows()) card.tick();
  }

  /** All users are gone, and with them the marks of those that were deleted here. */
  forget(): void {
    this.#deleted = [];
  }

  #showList(): void {
    const users = [...this.#users];
    for (const { user, before } of this.#deleted) {
      const place = users.findIndex(({ id }) => id === before);
      users.splice(place < 0 ? users.length : place, 0, user);
    }
    this.#list.show(users);
  }

  #showCounts({ total, matching, users }: UserPage, search: string): void {
    const count = search === "" ? "" : `${formatNumber(matching)} of `;
    setText(byId("user-count", HTMLElement), count + formatNumber(total));
    const more = matching > users.length;
    byId("users-more", HTMLElement).hidden = !more;
    const which = search === "" ? "users" : "users found";
    const hint = search === "" ? " Search to find others." : "";
    setText(
      byId("users-shown", HTMLElement),
      `The newest ${formatNumber(users.length)} of ${formatNumber(matching)} ${which}.${hint}`,
    );
    byId("show-more", HTMLButtonElement).hidden = this.#limit >= mostUsers;
    const isEmpty = users.length + this.#deleted.length === 0;
    byId("users-empty", HTMLElement).hidden = !isEmpty || search !== "";
    const none = byId("users-none", HTMLElement);
    none.hidden = !isEmpty || search === "";
    setText(none, `No user's id contains “${search}”.`);
  }

  async #create(): Promise<void> {
    const created = await openNewUser();
    if (!created) return;
    this.#search.value = "";
    await this.#changed();
    announce(created.hasToken ? "User created and token issued" : "User created");
    this.#cardOf(created.id)?.focusNewest();
  }

  async #issue(card: UserCard): Promise<void> {
    if (!(await openIssueToken(card.id, card.name))) return;
    await this.#changed();
    announce(`Token issued for user ${card.name}`);
    card.focusNewest();
  }

  async #delete(card: UserCard): Promise<void> {
    const place = this.#users.findIndex(({ id }) => id === card.id);
    const user = this.#users[place];
    if (!(await openDeleteUser(card.id, card.name)) || !user) return;
    this.#deleted = [...this.#deleted, { user, before: this.#users[place + 1]?.id }];
    card.showDeleted();
    await this.#changed();
    announce(`User ${card.name} is deleted`);
  }

  #dismiss(card: UserCard): void {
    const next = card.element.nextElementSibling ?? card.element.previousElementSibling;
    this.#deleted = this.#deleted.filter(({ user }) => user.id !== card.id);
    this.#showList();
    (next?.querySelector("button") ?? this.#newUser).focus();
    void this.#changed();
  }

  async #showMore(): Promise<void> {
    const last = [...this.#list.rows()].at(-1);
    this.#limit = Math.min(mostUsers, this.#limit + usersPerPage);
    await this.#changed();
    const next = last?.element.nextElementSibling;
    if (next instanceof HTMLElement) next.focus();
    announce(`${formatNumber(this.#users.length)} of ${plural(this.#matching, "user")} shown`);
  }

  async #find(): Promise<void> {
    this.#limit = usersPerPage;
    const search = this.#search.value;
    await this.#changed();
    // Someone has typed on.
    if (search !== this.#search.value) return;
    announce(`${plural(this.#matching, "user")}${search.trim() === "" ? "" : " found"}`);
  }

  #cardOf(id: string): UserCard | undefined {
    for (const card of this.#list.rows()) if (card.id === id) return card;
    return undefined;
  }
}

/** With its date, since an id may come again after a reset. */
function keyOf({ id, createdAt }: ListedUser): string {
  return `${id} ${createdAt}`;
}
