import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { preProcessFile } from "typescript";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../src", import.meta.url));

/** Maps each file to those that it imports by a relative path, including for types. */
const imports = new Map(
  readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => {
      const { importedFiles } = preProcessFile(readFileSync(join(root, path), "utf8"));
      const own = importedFiles.filter(({ fileName }) => fileName.startsWith("."));
      return [path, own.map(({ fileName }) => join(dirname(path), fileName.replace(/\.js$/, ".ts")))];
    }),
);

/** Returns a cycle that `path` leads to, as `a.ts > b.ts > a.ts`, or undefined. Skips and extends `done`. */
function cycleFrom(path: string, trail: readonly string[], done: Set<string>): string | undefined {
  if (done.has(path)) return undefined;
  if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path].join(" > ");
  for (const target of imports.get(path) ?? []) {
    const cycle = cycleFrom(target, [...trail, path], done);
    if (cycle) {
      done.add(path);
      return cycle;
    }
  }
  done.add(path);
  return undefined;
}

it("src has no import cycles", () => {
  expect(imports.size).toBeGreaterThan(100);
  const done = new Set<string>();
  expect([...imports.keys()].flatMap((path) => cycleFrom(path, [], done) ?? [])).toEqual([]);
});
