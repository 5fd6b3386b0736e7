import {
  adminApi,
  type EmulatorInfo,
  type ListedRequest,
  type ListedUser,
  type UserPage,
} from "./adminApi.js";
import { connect } from "./client.js";
import { emulatorClock } from "./emulatorClock.js";

const secondInMs = 1000;
const longestWaitInMs = 5 * secondInMs;
/** Polls pause for at least this many times their duration, up to 5 s, to leave a slow emulator time to work. */
const restFactor = 10;

export const usersPerPage = 50;
export const requestsPerPage = 100;

/** Which users and requests the page asks for. */
export interface Query {
  readonly search: string;
  readonly userLimit: number;
  readonly requestLimit: number;
}

/** A user that was deleted on this page. It keeps its place in the list until it is dismissed. */
export interface DeletedUser {
  readonly user: ListedUser;
  /** The id of the user that came after it in the list. */
  readonly before: string | undefined;
  /** Milliseconds since 1970, by the emulator's clock. */
  readonly deletedAt: number;
}

/** Polls the emulator, and reads the lists again when something has changed. */
export class EmulatorView {
  info: EmulatorInfo | undefined;
  users: UserPage | undefined;
  requests: readonly ListedRequest[] | undefined;
  /** Why the last poll failed. */
  error: unknown;
  deleted: readonly DeletedUser[] = [];
  query: Query = { search: "", userLimit: usersPerPage, requestLimit: requestsPerPage };
  readonly #changed: () => void;
  #shownRevision: number | undefined;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param changed - Called when there is something new to show. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  start(): void {
    document.addEventListener("visibilitychange", () => void this.#poll());
    void this.#poll();
  }

  /** Reads everything again. It never rejects: `error` says why it failed. */
  async refresh(): Promise<void> {
    await this.#read(true);
  }

  async find(query: Partial<Query>): Promise<void> {
    this.query = { ...this.query, ...query };
    await this.refresh();
  }

  setDeleted(deleted: readonly DeletedUser[]): void {
    this.deleted = deleted;
    this.#changed();
  }

  async #read(force: boolean): Promise<void> {
    try {
      const info = await adminApi.info();
      emulatorClock.sync(Date.parse(info.time), info.frozen);
      connect(info.connectionString);
      this.info = info;
      if (force || info.revision !== this.#shownRevision) {
        await this.#readLists();
        this.#shownRevision = info.revision;
      }
      this.#failures = 0;
      this.error = undefined;
    } catch (error) {
      this.#failures += 1;
      this.#shownRevision = undefined;
      this.error = error;
    }
    this.#changed();
  }

  async #readLists(): Promise<void> {
    const { query } = this;
    const { search, userLimit, requestLimit } = query;
    const [users, requests] = await Promise.all([
      adminApi.users(userLimit, search),
      adminApi.requests(requestLimit),
    ]);
    // The response to an earlier query can arrive after the response to a later one.
    if (query !== this.query) return;
    this.users = users;
    this.requests = requests;
  }

  /** Pauses while the page is hidden, and slows down while the emulator doesn't answer or is busy. */
  async #poll(): Promise<void> {
    clearTimeout(this.#timer);
    if (document.hidden) return;
    const start = performance.now();
    await this.#read(false);
    const took = performance.now() - start;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => void this.#poll(),
      Math.min(longestWaitInMs, Math.max(secondInMs * (1 + this.#failures), took * restFactor)),
    );
  }
}
