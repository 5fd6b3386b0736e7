// The matrix of faults on our client, over its own transport and over undici.
import { beforeAll, describe, expect, it } from "vitest";
import type { TaskResult } from "./lanes.js";
import { runMatrix } from "./matrix.js";
import { rows } from "./rows/index.js";
import { isFault } from "./table.js";

describe("the matrix of faults", () => {
  let results: readonly TaskResult[] = [];

  beforeAll(async () => {
    ({ results } = await runMatrix(["--subject", "ours,undici"]));
  }, 400_000);

  it.each(rows)("$id: $injection → $bar", ({ id }) => {
    const ofRow = results.filter((each) => each.id === id);
    expect(ofRow.map(({ subject }) => subject).sort()).toEqual(["ours", "undici"]);
    expect(ofRow.filter(isFault)).toEqual([]);
  });
});
