// `npm run release -- --tag v1.0.0 [--notes FILE]` checks that a commit is ready to be published under a tag, and
// writes the release's notes, which are its section of CHANGELOG.md.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import manifest from "../../package.json" with { type: "json" };

const { values } = parseArgs({ options: { tag: { type: "string" }, notes: { type: "string" } } });
const { tag, notes } = values;
const { version } = manifest;

const sections = readFileSync("CHANGELOG.md", "utf8").split(/^## /m);
const section = sections.find((text) => text.startsWith(`${version} `)) ?? "";
const [title = "", ...lines] = section.split("\n");

const pages = [...readdirSync("."), ...readdirSync("docs").map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith(".md"),
);
const commit = execFileSync("git", ["rev-parse", "HEAD"], { encoding: "utf8" });
const nightly = "test-results/nightly-commit";
const problems = [
  existsSync(nightly) && readFileSync(nightly, "utf8") === commit
    ? []
    : `This commit needs a .ci/nightly that passes: ${nightly} must name ${commit.trim()}.`,
  tag === `v${version}` ? [] : `The tag must be v${version}, the version in package.json.`,
  /\(\d{4}-\d\d-\d\d\)$/.test(title) ? [] : `CHANGELOG.md needs a section "${version} (<date>)".`,
  "repository" in manifest
    ? []
    : "package.json needs a repository: npm pkg set repository=git+https://github.com/<owner>/<name>.git",
  ...pages.map((page) =>
    /npm install \S+\.tgz/.test(readFileSync(page, "utf8"))
      ? `${page} installs a file: npm install acs-identity`
      : [],
  ),
].flat();
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exitCode = 1;
} else if (notes !== undefined) {
  writeFileSync(notes, `${lines.join("\n").trim()}\n`);
}
