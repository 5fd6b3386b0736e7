import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { Overload } from "../src/problem.js";
import { createTurns } from "../src/turns.js";

describe("requests that arrive together", () => {
  it("begin ten in a turn of the event loop, and others get their turns meanwhile", async () => {
    const turns = createTurns();
    let begun = 0;
    for (let request = 0; request < 25; request++) void turns.wait().then(() => begun++);
    const seen: number[] = [];
    for (let turn = 0; turn < 3; turn++) {
      await nextTurn();
      seen.push(begun);
    }
    expect(seen).toEqual([10, 20, 25]);
    await turns.wait();
  });

  it("are refused if they have waited for 2 s", async () => {
    const turns = createTurns();
    const now = performance.now();
    const clock = vi.spyOn(performance, "now").mockReturnValue(now);
    const waits = Array.from({ length: 12 }, () => turns.wait());
    clock.mockReturnValueOnce(now + 1_999).mockReturnValue(now + 2_000);
    const [first, ...others] = await Promise.allSettled(waits);
    clock.mockRestore();
    expect(first?.status).toBe("fulfilled");
    for (const other of others) {
      expect(other).toMatchObject({ reason: { what: "event loop", retryAfterInSeconds: 5 } });
      expect(other).toHaveProperty("reason", expect.any(Overload));
    }
  });
});
