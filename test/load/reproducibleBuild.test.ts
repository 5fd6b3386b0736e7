import { cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { npm, run } from "../helpers/command.js";
import { pack, packed, root, temporaryFolder } from "../helpers/packed.js";

it("the tarball is byte-for-byte the same when the same files are built elsewhere and at another time", async () => {
  const copy = await temporaryFolder("build");
  onTestFinished(() => rm(copy, { recursive: true, force: true }));
  const skipped = new Set(["node_modules", ".git", "dist", "test", "test-results", "samples", "service"]);
  await cp(root, copy, {
    recursive: true,
    filter: (path) => !skipped.has(path.slice(root.length).split(sep)[0] ?? ""),
  });
  await symlink(join(root, "node_modules"), join(copy, "node_modules"), "junction");
  for (const name of ["tokenRoute.ts", "tokenRoute.mjs", "tokenRoute.cjs"]) {
    await cp(join(root, "samples", name), join(copy, "samples", name));
  }
  await mkdir(join(copy, "dist/esm/chunks"), { recursive: true });
  await writeFile(join(copy, "dist/esm/chunks/ofAnEarlierBuild.js"), "");
  await npm(["run", "--silent", "build"], copy);
  const [one, other] = [await packed(), await pack(copy, copy)];
  // Compare the lists first, since a difference in the bytes alone says little.
  const listOf = (tarball: string) => run("tar", ["-tvf", tarball], { cwd: copy });
  expect(await listOf(other)).toBe(await listOf(one));
  expect((await readFile(one)).equals(await readFile(other))).toBe(true);
});
