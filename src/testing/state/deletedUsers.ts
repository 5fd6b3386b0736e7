import { dayInMs, deletedAt, type User } from "./entries/user.js";

/** The users that were deleted in the last day. Their tokens are revoked, which takes its time. */
export class DeletedUsers {
  /** The deleted users, in the order of the deletions. */
  readonly #byNumber = new Map<number, User>();
  /** Oldest first. An Entra user who comes back has the same id, and another number. */
  readonly #byId = new Map<string, User[]>();

  /** Adds a user, and drops those that were deleted a day before. */
  add(user: User, at: number): void {
    for (const deleted of this.#byNumber.values()) {
      if (at - deletedAt(deleted) < dayInMs) break;
      this.#drop(deleted);
    }
    this.#byNumber.set(user.number, user);
    this.#byId.set(user.id, [...this.withId(user.id), user]);
  }

  has(number: number): boolean {
    return this.#byNumber.has(number);
  }

  /** Returns the deleted users with this id, oldest first. */
  withId(id: string): readonly User[] {
    return this.#byId.get(id) ?? [];
  }

  values(): IterableIterator<User> {
    return this.#byNumber.values();
  }

  #drop({ number, id }: User): void {
    this.#byNumber.delete(number);
    const others = this.withId(id).filter((user) => user.number !== number);
    if (others.length > 0) this.#byId.set(id, others);
    else this.#byId.delete(id);
  }
}
