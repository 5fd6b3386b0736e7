// Checks what the documentation says about the code against the code.
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { flags, variableOf } from "../../src/cli/emulator/flags.js";
import { CommunicationIdentityClient } from "../../src/index.js";
import { brokenLinks, documents, manual, outdatedMessages, root, textOf, unsafeLines } from "./documents.js";

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

describe.each(documents)("%s", (path) => {
  it("has no link that leads nowhere", () => {
    expect(brokenLinks(path)).toEqual([]);
  });

  it("has npx --no-install in each command, so that it can't fetch a stranger's package", () => {
    expect(unsafeLines(path)).toEqual([]);
  });
});

describe("TROUBLESHOOTING.md", () => {
  it("explains only messages that src has", () => {
    expect(outdatedMessages()).toEqual([]);
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
    expect(readme).toContain("After `npm ci`, `npm start` creates a user");
    expect(readme).toContain("npm cit");
  });
});
