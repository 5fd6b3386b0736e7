import { describe, expect, it } from "vitest";
import { forEachItem } from "../src/forEachItem.js";

describe("what is done for each item", () => {
  async function failedItems(isWrong: (item: number) => boolean, options?: object): Promise<number[]> {
    async function* items() {
      yield* Array.from({ length: 30 }, (_, index) => index + 1);
    }
    const failed: number[] = [];
    const work = async (item: number) => {
      if (isWrong(item)) throw new Error("wrong");
    };
    await forEachItem(items(), work, (item) => failed.push(item), options);
    return failed;
  }

  it("goes on if only some fail, and not one after another", async () => {
    expect(await failedItems((item) => item % 2 === 1, { atOnce: 1, failuresInARow: 2 })).toHaveLength(15);
    expect(await failedItems((item) => item % 10 !== 0, { atOnce: 1 })).toHaveLength(27);
  });

  it("is left for later after ten failures in a row", async () => {
    expect(await failedItems((item) => item > 3, { atOnce: 1 })).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect((await failedItems(() => true)).length, "ten at once").toBeLessThan(20);
  });
});
