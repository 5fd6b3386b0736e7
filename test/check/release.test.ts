import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { run } from "../helpers/command.js";
import { root } from "../helpers/packed.js";
import { rejectionOf } from "../helpers/secrets.js";
import { temporaryFolder } from "../helpers/temporaryFolder.js";

const tsx = join(root, "node_modules/tsx/dist/cli.mjs");

it("npm run release names the wrong tag, and every page that installs a file", async () => {
  const pages = readdirSync(root)
    .concat(readdirSync(join(root, "docs")).map((name) => `docs/${name}`))
    .filter((name) => name.endsWith(".md"));
  const waiting = pages.filter((page) => /npm install \S+\.tgz/.test(readFileSync(join(root, page), "utf8")));
  const ended = run(process.execPath, [tsx, "tools/build/release.ts", "--tag", "v0"], { cwd: root });
  const { message } = await rejectionOf(() => ended);
  expect(message).toMatch(/ exited with 1\n/);
  expect(message).toMatch(/^The tag must be v\d/m);
  const lines = message.split("\n");
  const named = lines.flatMap((line) => /^(\S+) installs a file/.exec(line)?.[1] ?? []);
  expect(named.sort()).toEqual(waiting.sort());
});

it("npm run release needs a .ci/nightly of this commit, and takes the notes from the section of exactly this version", async () => {
  const cwd = temporaryFolder();
  cpSync(join(root, "tools/build/release.ts"), join(cwd, "tools/build/release.ts"));
  mkdirSync(join(cwd, "docs"));
  for (const page of ["README.md", "docs/entra.md", "MIGRATING.md"]) writeFileSync(join(cwd, page), "");
  const manifest = { type: "module", version: "1.0.0", repository: "git+https://github.com/a/b.git" };
  writeFileSync(join(cwd, "package.json"), JSON.stringify(manifest));
  const release = (sections: string) => {
    writeFileSync(join(cwd, "CHANGELOG.md"), `# Changes\n${sections}`);
    return run(process.execPath, [tsx, "tools/build/release.ts", "--tag", "v1.0.0", "--notes", "notes.md"], {
      cwd,
    });
  };
  const git = (...args: string[]) => execFileSync("git", args, { cwd, encoding: "utf8" });
  git("init", "--quiet");
  const author = ["-c", "user.name=a", "-c", "user.email=a@b.example"];
  git(...author, "commit", "--quiet", "--allow-empty", "--message", "one");
  mkdirSync(join(cwd, "test-results"));
  const passed = join(cwd, "test-results/nightly-commit");
  writeFileSync(passed, git("rev-parse", "HEAD"));
  const candidate = "\n## 1.0.0-rc.1 (2026-11-01)\n\n- A candidate\n";
  await expect(release(candidate)).rejects.toThrow('CHANGELOG.md needs a section "1.0.0 (<date>)".');
  await release(`${candidate}\n## 1.0.0 (2026-12-01)\n\n- One\n- Two\n\n## 0.9.0 (2026-10-01)\n\n- Old\n`);
  expect(readFileSync(join(cwd, "notes.md"), "utf8")).toBe("- One\n- Two\n");
  git(...author, "commit", "--quiet", "--allow-empty", "--message", "two");
  await expect(release("")).rejects.toThrow("This commit needs a .ci/nightly that passes: ");
});
