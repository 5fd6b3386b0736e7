import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { rejectionOf } from "../helpers/secrets.js";
import { run } from "../package/command.js";
import { root } from "../package/packed.js";

it("npm run release names the wrong tag, and every page that installs a file", async () => {
  const pages = readdirSync(root)
    .concat(readdirSync(join(root, "docs")).map((name) => `docs/${name}`))
    .filter((name) => name.endsWith(".md"));
  const waiting = pages.filter((page) => /npm install \S+\.tgz/.test(readFileSync(join(root, page), "utf8")));
  const tsx = join(root, "node_modules/tsx/dist/cli.mjs");
  const ended = run(process.execPath, [tsx, "build/release.ts", "--tag", "v0"], { cwd: root });
  const { message } = await rejectionOf(() => ended);
  expect(message).toMatch(/ exited with 1\n/);
  expect(message).toMatch(/^The tag must be v\d/m);
  const lines = message.split("\n");
  const named = lines.flatMap((line) => /^(\S+) installs a file/.exec(line)?.[1] ?? []);
  expect(named.sort()).toEqual(waiting.sort());
});
