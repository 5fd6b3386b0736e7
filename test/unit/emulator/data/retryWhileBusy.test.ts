import { describe, expect, it } from "vitest";
import { retryWhileBusy } from "../../../../src/emulator/data/retryWhileBusy.js";
import { InstantTimer } from "../../../helpers/emulator/instantTimer.js";

const failure = (code: string) => Object.assign(new Error(`${code}: the file`), { code });

/** Runs an operation that fails with these codes in turn, and returns when it was attempted and how it ended. */
async function run(failures: readonly string[], codes?: readonly string[]) {
  const timer = new InstantTimer();
  const times: number[] = [];
  const operation = async () => {
    const code = failures[times.length];
    times.push(timer.now());
    if (code !== undefined) throw failure(code);
    return "done";
  };
  const outcome = await retryWhileBusy(operation, 1000, timer, codes).catch(({ code }) => code);
  return { times, outcome };
}

describe("retryWhileBusy", () => {
  it.each(["EPERM", "EBUSY", "EACCES", "EEXIST"])(
    "runs an operation again that failed with %s",
    async (code) => {
      expect(await run([code, code])).toEqual({ times: [0, 20, 60], outcome: "done" });
    },
  );

  it("throws the last error when its patience has ended, after pauses that double up to 250 ms", async () => {
    const codes = [...Array(7).fill("EBUSY"), "EPERM", "EBUSY"];
    expect(await run(codes)).toEqual({
      times: [0, 20, 60, 140, 300, 550, 800, 1050],
      outcome: "EPERM",
    });
  });

  it("throws another error at once, even after one that it waited for", async () => {
    expect(await run(["EBUSY", "ENOSPC"])).toEqual({ times: [0, 20], outcome: "ENOSPC" });
    expect(await run(["EACCES"], ["EBUSY"])).toEqual({ times: [0], outcome: "EACCES" });
  });
});
