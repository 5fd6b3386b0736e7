// The matrix of faults on each set of core packages that npm installs, on a Node that it is for.
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type { Run } from "./lanes.js";
import { runMatrix } from "./matrix.js";
import { rows } from "./rows/index.js";
import { isFault } from "./table.js";

const pairs = [
  { major: "20", core: "the lockfile's", lockfile: "../../package-lock.json" },
  { major: "22", core: "the newest", lockfile: "newestCore/package-lock.json" },
];

/** On Node 20 the first pair is what faults.test.ts runs. */
const others = pairs.filter(({ major }) => major !== "20" || !process.version.startsWith("v20."));

const canHaveNode = process.env.CI === "true" || (process.platform === "linux" && process.arch === "x64");

for (const { major, core: set, lockfile } of others) {
  describe.skipIf(!canHaveNode)(
    `the matrix of faults on Node ${major} with ${set} core packages (packaged for Linux x64)`,
    () => {
      let run: Run = { versions: undefined, results: [] };

      beforeAll(async () => {
        run = await runMatrix(["--subject", "ours", "--node", major]);
      }, 600_000);

      it("runs on these", () => {
        const { packages } = JSON.parse(readFileSync(new URL(lockfile, import.meta.url), "utf8"));
        const { node, core = {} } = run.versions ?? {};
        expect(node).toMatch(`v${major}.`);
        const locked = Object.keys(core).map((name) => [name, packages[`node_modules/${name}`].version]);
        expect(core).toEqual(Object.fromEntries(locked));
        expect(Object.keys(core)).toContain("@azure/core-rest-pipeline");
      });

      it.each(rows)("$id: $injection → $bar", ({ id }) => {
        const ofRow = run.results.filter((each) => each.id === id);
        expect(ofRow).toHaveLength(1);
        expect(ofRow.filter(isFault)).toEqual([]);
      });
    },
  );
}
