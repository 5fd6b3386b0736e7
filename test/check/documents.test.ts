// Checks what the documentation says about the code against the code.
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { defaultCommandPort, flags, variableForFlag } from "../../src/cli/emulator/flags.js";
import { CommunicationIdentityClient } from "../../src/index.js";
import {
  brokenLinks,
  documents,
  findSection,
  manual,
  membersWithDefaults,
  readText,
  root,
  unsafeLines,
} from "../helpers/documents.js";

describe("the sample", () => {
  const programs = readdirSync(`${root}/samples`).filter((name) => name.endsWith(".ts"));
  const list = readText("samples/README.md");
  const tests = ["test/manual/samples", "test/load/samples"]
    .flatMap((folder) =>
      readdirSync(`${root}/${folder}`, { recursive: true, encoding: "utf8" }).map(
        (path) => `${folder}/${path}`,
      ),
    )
    .filter((path) => path.endsWith(".test.ts"))
    .map(readText)
    .join("\n");

  it.each(programs)("%s says what it shows, is listed and is run by a test", (name) => {
    const sample = name.replace(/\.ts$/, "");
    expect(readText(`samples/${name}`)).toMatch(/^\/\*\*\n \* [A-Z].*\n(?: \*.*\n)* \*\/\nimport /);
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

describe("README.md and the manual", () => {
  it("have blocks in no language but those that the reference highlights, since it would fail", () => {
    const { highlightLanguages } = JSON.parse(readText("tools/typedoc.json")) as {
      highlightLanguages: string[];
    };
    const written = ["README.md", ...manual].flatMap((path) =>
      [...readText(path).matchAll(/^ *```(\w+)$/gm)].map(([, language]) => language),
    );
    // The reference has this one under its whole name.
    const languages = new Set(written.filter((language) => language !== "js"));
    expect(highlightLanguages).toEqual(expect.arrayContaining([...languages]));
  });

  const readme = readText("README.md");

  it("are all linked from the index, docs/README.md", () => {
    const index = readText("docs/README.md");
    const pages = manual.map((page) => page.replace("docs/", "")).filter((page) => page !== "README.md");
    expect(readme).toContain("](docs/README.md)");
    expect(pages.filter((page) => !index.includes(`](${page})`))).toEqual([]);
  });

  it("show every method of the client", () => {
    const methods = Object.getOwnPropertyNames(CommunicationIdentityClient.prototype).filter(
      (name) => name !== "constructor",
    );
    expect(
      methods.filter((name) => ![readme, ...manual.map(readText)].some((text) => text.includes(`.${name}(`))),
    ).toEqual([]);
  });

  it("list every flag of the emulator, and say how its environment variable is named", () => {
    const page = readText("docs/adminApi.md");
    const settings = [...Object.keys(flags), "json"];
    expect(settings.filter((name) => !new RegExp(`^- \`--${name}[ \`]`, "m").test(page))).toEqual([]);
    expect(page).toContain(`- \`--port NUMBER\`: ${defaultCommandPort} by default`);
    expect(page).toContain(`such as \`${variableForFlag("date-tolerance")}\``);
  });
});

it("docs/clientReference.md lists the client's options, and their defaults", () => {
  const list = findSection("docs/clientReference.md", "Options");
  const members = {
    ...membersWithDefaults("src/models.ts", "CommunicationIdentityClientOptions"),
    ...membersWithDefaults("src/pipeline/accessKeyPolicy.ts", "AccessKeyCredentialPolicyOptions"),
  };
  const rows = Object.entries(members).map(([option, documented]) => {
    const [value] = documented.split(", ");
    return value ? `- \`${option}\` (\`${value}\`):` : `\`${option}\``;
  });
  expect(rows.length).toBeGreaterThan(4);
  expect(rows.filter((row) => !list.includes(row))).toEqual([]);
});

describe("docs/testing.md", () => {
  it("lists every option of the fake with its default", () => {
    const rows = findSection("docs/testing.md", "The fake").matchAll(/^\| `(\w+)` \| ?(.*?) ?\| .* \|$/gm);
    const listed = [...rows].map(([, option, value = ""]) => [option, value.replaceAll("`", "")]);
    expect(Object.fromEntries(listed)).toEqual(
      membersWithDefaults("src/testing/service/settings.ts", "FakeIdentityServiceOptions"),
    );
  });

  it("lists every member of an inspection, and every problem", () => {
    const path = "src/testing/operations/inspectToken.ts";
    const [, problems = ""] = /^export type TokenProblem =(.*?);/ms.exec(readText(path)) ?? [];
    const expected = [
      ...Object.keys(membersWithDefaults(path, "TokenInspection")),
      ...(problems.match(/(?<=")\w+/g) ?? []),
    ];
    const rows = findSection("docs/testing.md", "Inspecting a token").match(/^- .*$/gm) ?? [];
    // What a line says about its members comes after them.
    const listed = rows.flatMap((row) => /^- ((?:`\w+`(?:, )?)+)/.exec(row)?.[1]?.match(/\w+/g) ?? []);
    expect(listed.toSorted()).toEqual(expected.toSorted());
  });
});
