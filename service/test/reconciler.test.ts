import { describe, expect, it, vi } from "vitest";
import { ConfigurationFault } from "../src/problem.js";
import { createReconciler } from "../src/reconciler.js";
import { useFakeClock } from "./fakeClock.js";
import { measurements } from "./measurements.js";

const entries = { creating: 1, current: 2, surplus: 3, deleting: 4, unanswered: 5 };

describe("the reconciliation", () => {
  useFakeClock();

  /** @param removals - Of the entries one after another: whether each works, or why it doesn't. */
  function prepare(removals: readonly (true | Error)[]) {
    const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const users = removals.map((removal, index) => ({ id: String(index), removal }));
    const claims = [...users, ...users.slice(0, 1)][Symbol.iterator]();
    const store = {
      giveUpCreations: vi.fn(async () => ({ unanswered: ["lost"], neverSent: 1 })),
      claimUnfinished: vi.fn(async () => claims.next().value),
      countByState: vi.fn(async () => entries),
    };
    const remove = vi.fn(async ({ removal }: (typeof users)[number], _signal: AbortSignal): Promise<void> => {
      if (removal instanceof Error) throw removal;
    });
    const reconciler = createReconciler({ store: { ledger: store } as never, log }, { remove } as never, 120);
    return { log, store, remove, reconciler };
  }

  it("counts what it deleted, what failed and what the ledger has", async () => {
    const fault = new ConfigurationFault("user", "ACS doesn't know it", new Error("IdentityNotOwned"));
    const { log, store, reconciler } = prepare([true, new Error("late"), fault, true]);
    expect(await reconciler.run()).toEqual({ deleted: 2, failed: 2, neverSent: 1, entries });
    expect(store.giveUpCreations).toHaveBeenCalledExactlyOnceWith(120);
    expect(store.claimUnfinished).toHaveBeenCalledWith(120);
    expect(log.warn.mock.calls).toMatchObject([
      [{ entry: "lost" }, "ACS didn't answer a creation with a user. One may exist that nobody can find"],
      [{ entry: "1", cause: { message: "late" } }, "An entry of the ledger wasn't finished"],
      [{ entry: "2" }, "An entry of the ledger wasn't finished"],
    ]);
    expect(log.error.mock.calls).toMatchObject([[{ alarm: "user" }, "ACS doesn't know it"]]);
    expect(log.info.mock.calls).toEqual([
      [{ deleted: 2, failed: 2, neverSent: 1, entries }, "Reconciled the ledger"],
    ]);
    expect(measurements).toEqual([
      'token_service.alarms 1 {"alarm":"user"}',
      ...Object.entries(entries).map(
        ([state, count]) => `token_service.ledger_entries ${count} {"state":"${state}"}`,
      ),
    ]);
  });

  it("leaves the rest to the next one after three failures in a row", async () => {
    const failure = new Error("down");
    const { reconciler } = prepare([failure, failure, true, failure, failure, failure, true]);
    expect(await reconciler.run()).toMatchObject({ deleted: 1, failed: 5 });
  });

  it("is repeated about as often as the setting says, also after a failure, until it is closed", async () => {
    const { log, store, reconciler } = prepare([]);
    const random = vi.spyOn(Math, "random").mockReturnValue(0);
    store.giveUpCreations.mockResolvedValue({ unanswered: [], neverSent: 0 });
    store.countByState.mockRejectedValueOnce(new Error("down"));
    reconciler.start();
    await vi.advanceTimersByTimeAsync(89_999);
    expect(log.error.mock.calls).toMatchObject([
      [{ cause: { message: "down" } }, "The ledger wasn't reconciled"],
    ]);
    expect(store.countByState).toHaveBeenCalledTimes(1);
    random.mockRestore();
    await vi.advanceTimersByTimeAsync(1);
    expect(store.countByState).toHaveBeenCalledTimes(2);
    expect(log.info, "nothing to say").not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(89_999);
    expect(store.countByState).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(60_001);
    expect(store.countByState).toHaveBeenCalledTimes(3);
    await reconciler.close();
    await vi.advanceTimersByTimeAsync(300_000);
    expect(store.countByState).toHaveBeenCalledTimes(3);
  });

  it("is closed once the current entry is done, or after 2 s", async () => {
    const { store, remove, reconciler } = prepare([true, true]);
    let finish = () => {};
    remove.mockReturnValueOnce(new Promise<void>((resolve) => (finish = resolve)));
    reconciler.start();
    await vi.advanceTimersByTimeAsync(0);
    const onClose = vi.fn();
    const closing = reconciler.close().then(onClose);
    expect(remove.mock.lastCall?.[1].aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(onClose).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await closing;
    finish();
    await vi.advanceTimersByTimeAsync(0);
    expect(store.claimUnfinished, "no further one").toHaveBeenCalledTimes(1);
  });
});
