// Checks what the documentation says about the code against the code.
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { flags, variableOf } from "../../src/cli/emulator/flags.js";
import { CommunicationIdentityClient } from "../../src/index.js";
import { anchorsOf, blocksOf, documents, manual, root, textOf } from "./documents.js";

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Returns all text of src, with string constants of several lines joined into one. */
function sourceText(): string {
  const paths = readdirSync(`${root}/src`, { recursive: true, encoding: "utf8" });
  return paths
    .filter((path) => path.endsWith(".ts"))
    .map((path) => textOf(`src/${path}`))
    .join("\n")
    .replace(/["'`] \+\s*["'`]/g, "");
}

describe("the documentation", () => {
  it.each(documents)("has no broken links in %s", (path) => {
    const missing = [...textOf(path).matchAll(/\]\((?!https?:|mailto:)([^)#]*)(?:#([^)]+))?\)/g)].filter(
      ([, file = "", anchor]) => {
        const target = file ? join(dirname(path), file) : path;
        if (!existsSync(`${root}/${target}`)) return true;
        return anchor !== undefined && !anchorsOf(target).includes(anchor);
      },
    );
    expect(missing.map(([link]) => link)).toEqual([]);
  });

  it("quotes messages exactly as in the source", () => {
    const words = sourceText();
    const quoted = blocksOf("TROUBLESHOOTING.md", "text").flatMap((block) => block.trim().split("\n"));
    expect(quoted.length).toBeGreaterThan(50);
    // An ellipsis stands for a placeholder in the same line of the source.
    const pattern = (line: string) => new RegExp(line.split("…").map(escapeRegExp).join(".{0,200}?"));
    expect(quoted.filter((line) => !pattern(line).test(words))).toEqual([]);
  });
});

describe("the sample", () => {
  const programs = readdirSync(`${root}/samples`).filter((name) => name.endsWith(".ts"));
  const list = textOf("samples/README.md");
  const tests = readdirSync(`${root}/test/samples`, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".test.ts"))
    .map((path) => textOf(`test/samples/${path}`))
    .join("\n");

  it.each(programs)("%s says what it shows, is listed and is run by a test", (name) => {
    const sample = name.replace(/\.ts$/, "");
    expect(textOf(`samples/${name}`)).toMatch(/^\/\*\*\n \* [A-Z].*\n(?: \*.*\n)* \*\/\nimport /);
    expect(list).toContain(`| [${sample}](${name})`);
    expect(tests).toMatch(new RegExp(`\\b${sample}(?:\\.ts)?\\b`));
  });
});

describe("README.md and the manual", () => {
  const readme = textOf("README.md");

  it("are all linked from README.md", () => {
    expect(manual.filter((page) => !readme.includes(`](${page})`))).toEqual([]);
  });

  it("show every method of the client", () => {
    const methods = Object.getOwnPropertyNames(CommunicationIdentityClient.prototype).filter(
      (name) => name !== "constructor",
    );
    expect(
      methods.filter((name) => ![readme, ...manual.map(textOf)].some((text) => text.includes(`.${name}(`))),
    ).toEqual([]);
  });

  it("list every flag of the emulator with its environment variable", () => {
    const settings = [...Object.keys(flags), "json"];
    const row = (name: string) => new RegExp(`\\| \`--${name}[ \`].*\`${variableOf(name)}\``);
    expect(settings.filter((name) => !row(name).test(textOf("docs/emulator.md")))).toEqual([]);
  });

  it("name the two commands to run in a clone", () => {
    expect(readme).toContain("npm ci && npm start");
    expect(readme).toContain("npm cit");
  });
});
