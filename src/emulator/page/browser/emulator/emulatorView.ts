import type {
  EmulatorInfo,
  ListedRequestLine,
  ListedUser,
  RequestList,
  UserList,
} from "../../../admin/models.js";
import { Signal } from "../signal.js";
import { adminApi, requestsPerRead } from "./adminApi.js";
import { emulatorClock } from "./emulatorClock.js";

/** A request shall be in the list before people look for it there. */
const pollInMs = 250;
const secondInMs = 1000;
const longestWaitInMs = 5 * secondInMs;
/** Polls pause for at least this many times their duration, up to 5 s, to leave a slow emulator time to work. */
const restFactor = 4;

export const usersPerPage = 50;
const keptChanges = 50;

/** Which users the page asks for. */
export interface Query {
  readonly search: string;
  readonly userLimit: number;
}

/** A user that was deleted on this page. It keeps its place in the list until it is dismissed. */
export interface DeletedUser {
  readonly user: ListedUser;
  /** Milliseconds since 1970, by the emulator's clock. */
  readonly deletedAt: number;
}

/** A change that the emulator keeps no record of: made on this page, or of everything. */
export interface ListedChange {
  readonly text: string;
  /** Milliseconds since 1970, by the emulator's clock. */
  readonly time: number;
  /** The newest request then, since the time can be set back. */
  readonly after: number;
  readonly isOwn: boolean;
}

/**
 * Polls the emulator, and reads the lists again when something has changed. What it knows are signals: a component that
 * uses one is rendered again when that one changes.
 */
export class EmulatorView {
  /** Called when everything has been replaced elsewhere, with a text that says how. */
  onReplaced: (text: string) => void = () => {};

  readonly info: Signal<EmulatorInfo | undefined> = new Signal(undefined);
  readonly users: Signal<UserList<ListedUser> | undefined> = new Signal(undefined);
  /** All that the emulator keeps, newest first. */
  readonly requests: Signal<readonly ListedRequestLine[] | undefined> = new Signal(undefined);
  /** How many older requests the emulator has dropped. */
  readonly dropped: Signal<number> = new Signal(0);
  /** What the emulator said when the lists were read that are shown. */
  readonly listed: Signal<EmulatorInfo | undefined> = new Signal(undefined);
  /** Why the last poll failed. */
  readonly error: Signal<unknown> = new Signal(undefined);
  readonly deleted: Signal<readonly DeletedUser[]> = new Signal([]);
  /** The user that gets the focus. Each time, this is a new object. */
  readonly freshUser: Signal<{ readonly id: string } | undefined> = new Signal(undefined);
  /** Newest first. */
  readonly changes: Signal<readonly ListedChange[]> = new Signal([]);
  /** The text in the search for users, which belongs to whoever types there. */
  readonly searchText: Signal<string>;
  readonly query: Signal<Query>;
  /** What the users that are shown were asked for with. */
  readonly listedQuery: Signal<Query | undefined> = new Signal(undefined);
  /** The read that runs, and the one that waits for it. */
  #running: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | undefined;
  #isForced = false;
  #isReplacing = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Ends when a search that waits for the next keystroke begins. */
  #pause: ReturnType<typeof setTimeout> | undefined;

  /** @param search - Which users to list first. */
  constructor(search: string) {
    this.searchText = new Signal(search);
    this.query = new Signal({ search: search.trim(), userLimit: usersPerPage });
  }

  /** @param end - Aborts when nothing shows this view anymore. */
  start(end: AbortSignal): void {
    document.addEventListener("visibilitychange", () => void this.#poll(end), { signal: end });
    void this.#poll(end);
  }

  /** Reads everything again. It never rejects: `error` says why it failed. */
  refresh(): Promise<void> {
    this.#isForced = true;
    return this.#read();
  }

  /**
   * Searches for users.
   * @param pauseInMs - How long to wait first. Another search takes the place of one that waits, which never resolves.
   */
  async find(text: string, pauseInMs?: number): Promise<void> {
    this.searchText.value = text;
    clearTimeout(this.#pause);
    if (pauseInMs !== undefined) {
      await new Promise((resolve) => {
        this.#pause = setTimeout(resolve, pauseInMs);
      });
    }
    this.narrow(text);
    await this.refresh();
  }

  /** Searches with the next read. */
  narrow(text: string): void {
    this.searchText.value = text;
    this.query.value = { search: text.trim(), userLimit: usersPerPage };
  }

  async showUsers(userLimit: number): Promise<void> {
    this.query.value = { ...this.query.value, userLimit };
    await this.refresh();
  }

  addChange(text: string, isOwn: boolean): void {
    const after = this.requests.value?.[0]?.number ?? 0;
    const change = { text, time: emulatorClock.now(), after, isOwn };
    this.changes.value = [change, ...this.changes.value].slice(0, keptChanges);
  }

  /** Takes a user that was deleted on this page from the list, and keeps its card. */
  markDeleted(user: ListedUser): void {
    const listed = this.users.value;
    if (listed) this.users.value = { ...listed, users: listed.users.filter(({ id }) => id !== user.id) };
    this.deleted.value = [...this.deleted.value, { user, deletedAt: emulatorClock.now() }];
  }

  /** Replaces everything from here, so that the page needn't be told. */
  async replace(action: () => Promise<unknown>): Promise<void> {
    // A poll can see what was done before the response arrives.
    this.#isReplacing = true;
    try {
      await action();
    } catch (error) {
      this.#isReplacing = false;
      throw error;
    }
  }

  /**
   * Reads what has changed. Reads never overlap, because an older response that came after a newer one would take back
   * what the page shows. Whoever asks while one is waiting gets that one.
   */
  #read(): Promise<void> {
    this.#waiting ??= this.#running.then(() => {
      this.#waiting = undefined;
      this.#running = this.#readNow();
      return this.#running;
    });
    return this.#waiting;
  }

  async #readNow(): Promise<void> {
    const isForced = this.#isForced;
    this.#isForced = false;
    try {
      const info = await adminApi.info();
      emulatorClock.sync(Date.parse(info.time), info.frozen);
      const known = this.info.value;
      // The time alone is the clock's affair.
      if (!isSame(info, known)) this.info.value = info;
      const shown = this.listed.value ?? info;
      const isRestarted = shown.startId !== info.startId;
      const isReplaced = isRestarted || shown.resets !== info.resets;
      if (isReplaced) {
        this.deleted.value = [];
        this.changes.value = [];
      }
      await this.#readLists(info, isForced || this.#failures > 0);
      this.#failures = 0;
      this.error.value = undefined;
      if (!isReplaced) return;
      const isOwn = this.#isReplacing;
      this.#isReplacing = false;
      if (isRestarted) this.onReplaced("The emulator was restarted");
      else if (!isOwn) this.onReplaced("The emulator was reset, or a snapshot was restored");
    } catch (error) {
      this.#failures += 1;
      this.error.value = error;
    }
  }

  /** Reads the users if something has changed, and the requests that came since. */
  async #readLists(info: EmulatorInfo, isForced: boolean): Promise<void> {
    const shown = this.listed.value;
    const isSameStart = shown && startOf(shown) === startOf(info);
    const isSameLog = isSameStart && logOf(shown) === logOf(info);
    // After a failure, the pages that were still to come are missing.
    const known = (isSameLog && this.#failures === 0 && this.requests.value) || [];
    const newest = known[0]?.number ?? 0;
    const query = this.query.value;
    const before = this.users.value;
    const [users, first] = await Promise.all([
      (isForced || !isSameStart || shown.stateRevision !== info.stateRevision) &&
        adminApi.users(query.userLimit, query.search),
      (!isSameLog || this.#failures > 0 || shown.requests !== info.requests) && adminApi.requests(newest),
    ]);
    if (!isSame(info, shown)) this.listed.value = info;
    // Otherwise another search has begun, or a user was deleted, which the response may still have.
    if (users && query === this.query.value && before === this.users.value) {
      this.users.value = users;
      this.listedQuery.value = query;
    }
    const found: ListedRequestLine[] = [];
    for (let page: RequestList<ListedRequestLine> | false = first; page; ) {
      found.push(...page.requests);
      this.requests.value = [...found, ...known].slice(0, page.total);
      this.dropped.value = page.dropped;
      page =
        page.requests.length === requestsPerRead && (await adminApi.requests(newest, found.at(-1)?.number));
    }
  }

  /** Pauses while the page is hidden, and slows down while the emulator doesn't respond or is busy. */
  async #poll(end: AbortSignal): Promise<void> {
    clearTimeout(this.#timer);
    if (end.aborted || document.hidden) return;
    const start = performance.now();
    await this.#read();
    const took = performance.now() - start;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => void this.#poll(end),
      Math.min(
        longestWaitInMs,
        Math.max(this.#failures > 0 ? secondInMs * (1 + this.#failures) : pollInMs - took, took * restFactor),
      ),
    );
  }
}

const unshown = { time: "", wallTime: "" };

/** Changes when everything is replaced. */
export function startOf({ startId, resets }: EmulatorInfo): string {
  return `${startId} ${resets}`;
}

/** Changes when the list of requests begins anew. */
export function logOf(info: EmulatorInfo): string {
  return `${startOf(info)} ${info.requestsCleared}`;
}

function isSame(one: EmulatorInfo, other: EmulatorInfo | undefined): boolean {
  return JSON.stringify({ ...one, ...unshown }) === JSON.stringify({ ...other, ...unshown });
}
