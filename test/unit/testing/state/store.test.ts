import { describe, expect, it } from "vitest";
import { resolveSettings } from "../../../../src/testing/service/settings.js";
import { addUser } from "../../../../src/testing/service/users.js";
import type { StateEvent } from "../../../../src/testing/state/events.js";
import { Draft, NotSavedError, Store, type Writer } from "../../../../src/testing/state/store.js";

/** A writer that saves or refuses what it got when the test says so. */
class SlowWriter implements Writer {
  readonly saved: StateEvent[][] = [];
  readonly reported: string[] = [];
  #end: ((error?: Error) => void) | undefined;

  save(events: readonly StateEvent[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#end = (error) => {
        if (error) return reject(error);
        this.saved.push([...events]);
        resolve();
      };
    });
  }

  report(error: Error): void {
    this.reported.push(error.message);
  }

  get isWriting(): boolean {
    return this.#end !== undefined;
  }

  /** Ends the write, and lets what waited for it run. */
  async end(error?: Error): Promise<void> {
    this.#end?.(error);
    this.#end = undefined;
    await new Promise((resolve) => setTimeout(resolve));
  }
}

const settings = resolveSettings({});
const add = (draft: Draft, id: string) => addUser({ settings }, draft, 0, { id });
const adding = (id: string) => (draft: Draft) => add(draft, id);
const full = new NotSavedError("Nothing was changed: the disk is full");

function storeWithWriter(): { store: Store; writer: SlowWriter } {
  const [store, writer] = [new Store(), new SlowWriter()];
  store.writer = writer;
  return { store, writer };
}

describe("a store without a writer", () => {
  it("has made a change when the call returns", () => {
    const store = new Store();
    void store.change(adding("a"));
    store.changeSoon(adding("b"));
    expect([...store.state.users()].map(({ id }) => id)).toEqual(["a", "b"]);
  });
});

describe("a store with a writer", () => {
  it("shows a change once it is saved, together with what follows it", async () => {
    const { store, writer } = storeWithWriter();
    let isClockSet = false;
    const change = store.change((draft) => {
      add(draft, "a");
      draft.afterwards = () => {
        isClockSet = true;
      };
      return draft.nextUser;
    });
    expect([store.state.userCount, isClockSet, writer.isWriting]).toEqual([0, false, true]);
    await writer.end();
    expect([store.state.userCount, isClockSet, await change]).toEqual([1, true, 2]);
  });

  it("decides a change when the earlier ones have ended, and refuses only the one that isn't saved", async () => {
    const { store, writer } = storeWithWriter();
    const decided: number[] = [];
    const change = (id: string) =>
      store.change((draft) => {
        decided.push(store.state.userCount);
        return add(draft, id).number;
      });
    const changes = [change("a"), change("b"), change("c")];
    const outcomes = Promise.allSettled(changes);
    expect(decided).toEqual([0]);
    await writer.end();
    expect(decided).toEqual([0, 1]);
    await writer.end(full);
    expect(decided).toEqual([0, 1, 1]);
    await writer.end();
    expect((await outcomes).map((outcome) => ("value" in outcome ? outcome.value : outcome.reason))).toEqual([
      1,
      full,
      2,
    ]);
    expect([...store.state.users()].map(({ id }) => id)).toEqual(["a", "c"]);
  });

  it("saves nothing for a decision that throws or changes nothing", async () => {
    const { store, writer } = storeWithWriter();
    const refusal = new TypeError("no");
    const refused = store.change((draft) => {
      add(draft, "a");
      throw refusal;
    });
    await expect(refused).rejects.toBe(refusal);
    expect(await store.change(() => "nothing")).toBe("nothing");
    expect([writer.isWriting, store.state.userCount]).toEqual([false, 0]);
  });

  it("throws what is wrong with a program's change, or reports it if the change had to wait", async () => {
    const { store, writer } = storeWithWriter();
    const wrong = () => {
      throw new TypeError("wrong");
    };
    expect(() => store.changeSoon(wrong)).toThrow("wrong");
    store.changeSoon(adding("a"));
    store.changeSoon(wrong);
    store.changeSoon(adding("b"));
    await writer.end();
    store.changeSoon(wrong);
    expect(writer.reported).toEqual(["wrong"]);
    await writer.end(full);
    expect(writer.reported).toEqual(["wrong", full.message, "wrong"]);
    expect(() => store.changeSoon(wrong)).toThrow("wrong");
    expect([...store.state.users()].map(({ id }) => id)).toEqual(["a"]);
  });

  it("lets requests wait for a program's changes, and not for those of other requests", async () => {
    const { store, writer } = storeWithWriter();
    const request = store.change(adding("a"));
    await store.settled();
    store.changeSoon(adding("b"));
    let isSettled = false;
    void store.settled().then(() => {
      isSettled = true;
    });
    await writer.end();
    await request;
    expect(isSettled).toBe(false);
    await writer.end();
    expect(isSettled).toBe(true);
    expect(store.state.userCount).toBe(2);
  });
});

it("a draft counts on from the events that it has", () => {
  const draft = new Draft(new Store().state);
  const numbers = (event: StateEvent) => {
    draft.add(event);
    return [draft.nextUser, draft.nextToken];
  };
  const token = { type: "tokenIssued", user: 1, scopes: "chat", issuedAt: 1, expiresAt: 2 } as const;
  expect(numbers({ type: "stateReset", nextUser: 7, nextToken: 8, discardedUpTo: 0 })).toEqual([7, 8]);
  expect(numbers({ type: "userCreated", user: 7, id: "a", at: 0 })).toEqual([8, 8]);
  expect(numbers({ ...token, token: 8 })).toEqual([8, 9]);
  expect(numbers({ ...token, token: 3 })).toEqual([8, 9]);
});

it("a store refuses a number that nobody could read again, and what its state says can be read", () => {
  const store = new Store();
  const latest = Number.MAX_SAFE_INTEGER;
  store.state.apply({ type: "userCreated", user: latest, id: "by hand", at: 0 });
  store.state.apply({ type: "userDeleted", user: latest });
  expect(() => store.changeSoon(adding("a"))).toThrow("there is no higher number");
  const [reset] = store.state.events();
  expect(reset).toMatchObject({ type: "stateReset", nextUser: latest });
  store.changeSoon((draft) =>
    draft.add({ type: "stateReset", nextUser: latest - 1, nextToken: 1, discardedUpTo: 0 }),
  );
  store.changeSoon(adding("the last one"));
  expect(() => store.changeSoon(adding("b"))).toThrow(NotSavedError);
});
