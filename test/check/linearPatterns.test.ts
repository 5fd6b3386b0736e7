// A text from outside may be long, so each regular expression takes linear time: recheck proves it by an automaton. It can't do
// that for one that looks ahead, behind or back, and only searches for an attack then: such a literal also gets a megabyte of
// each text that it could stumble over. What has passed is remembered in linearPatterns.json, because all of it takes minutes.
// `npx vitest run --project check test/check/linearPatterns.test.ts -u` adds a new literal that passes.
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { check, type Parameters } from "recheck";
import ts from "typescript";
import { expect, it, vi } from "vitest";
import { isSecretHeader, isSecretMember, isSecretParameter } from "../../src/testing/log/cutSecrets.js";
import { readText, root } from "../helpers/documents.js";

/** The literals that passed with a version of recheck. */
interface Passed {
  readonly recheck: string;
  readonly proved: readonly string[];
  readonly searched: readonly string[];
}

/** What a literal could stumble over that recheck only searches: nearly a match, again and again. */
const worstTexts: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(["'])(.*)\1$/s, ['"', "'", "\"'"]],
  [/^([a-z\d-]+\.)+(?!localhost$)[a-z][a-z\d-]*$/i, ["a", "a.", "-.", "localhost."]],
];
const lengthInCharacters = 1_000_000;

/** Patterns that are put together from constants, by file: they are examined like a literal. */
const assembled: Readonly<Record<string, readonly RegExp[]>> = {
  "src/testing/log/cutSecrets.ts": [isSecretHeader, isSecretMember, isSecretParameter],
};
/** The others, with the reason why they need no proof. */
const exempt: readonly string[] = [
  // Made of the secrets of a call. test/load/pipeline/redact.longTexts.test.ts has a megabyte of each of its worst kinds.
  "src/pipeline/redact.ts",
  // The escaped endpoint of the service, at the start of a text.
  "src/testing/identityHandlers.ts",
];

interface Found {
  /** By literal, the files that have it. */
  readonly literals: Map<string, string[]>;
  /** The files that call `RegExp`, once for each call. */
  readonly constructors: string[];
}

function findPatterns(): Found {
  const found: Found = { literals: new Map(), constructors: [] };
  for (const path of ["src", "service/src", "samples"].flatMap(filesIn)) {
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        found.literals.set(node.text, [...(found.literals.get(node.text) ?? []), path]);
      } else if (
        (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
        node.expression.getText() === "RegExp"
      )
        found.constructors.push(path);
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(path, readText(path), ts.ScriptTarget.Latest, true));
  }
  for (const [path, patterns] of Object.entries(assembled))
    for (const pattern of patterns) found.literals.set(String(pattern), [path]);
  return found;
}

function filesIn(folder: string): string[] {
  return readdirSync(`${root}/${folder}`, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesIn(path);
    return /\.(?:[cm]?js|tsx?)$/.test(entry.name) ? [path] : [];
  });
}

/** Large enough for an automaton of each literal. By default recheck only searches if a count is above 30. */
const limits: Parameters = {
  timeout: 240_000,
  maxRepeatCount: 1000,
  maxNFASize: 200_000,
  maxPatternSize: 10_000,
};

/** Returns how a literal passed, or why it didn't. A time-out isn't a proof. */
async function examine(literal: string): Promise<"proved" | "searched" | { problem: string }> {
  const end = literal.lastIndexOf("/");
  const result = await check(literal.slice(1, end), literal.slice(end + 1), limits);
  if (result.status === "safe") return result.checker === "automaton" ? "proved" : "searched";
  return { problem: result.status === "vulnerable" ? result.complexity.summary : result.error.kind };
}

const { literals, constructors } = findPatterns();

it("each regular expression takes linear time", async () => {
  // The other backends need Java or a binary of the platform.
  vi.stubEnv("RECHECK_BACKEND", "pure");
  const { version } = createRequire(import.meta.url)("recheck/package.json") as { version: string };
  const known: Passed = JSON.parse(readText("test/check/linearPatterns.json"));
  const isKnown = (name: "proved" | "searched", literal: string) =>
    known.recheck === version && known[name].includes(literal);
  const passed = { proved: [] as string[], searched: [] as string[] };
  const problems: string[] = [];
  for (const [literal, files] of literals) {
    const result = isKnown("proved", literal)
      ? "proved"
      : isKnown("searched", literal)
        ? "searched"
        : await examine(literal);
    if (typeof result === "string") passed[result].push(literal);
    else problems.push(`${literal} in ${files.join(", ")}: ${result.problem}`);
  }
  expect(problems).toEqual([]);
  const content = {
    recheck: version,
    proved: passed.proved.toSorted(),
    searched: passed.searched.toSorted(),
  };
  await expect(`${JSON.stringify(content, null, 2)}\n`).toMatchFileSnapshot("linearPatterns.json");
});

it("each regular expression that recheck only searches ends with a megabyte of its worst texts", () => {
  const { searched }: Passed = JSON.parse(readText("test/check/linearPatterns.json"));
  expect(worstTexts.map(([pattern]) => String(pattern)).toSorted()).toEqual(searched);
  for (const [pattern, pieces] of worstTexts) {
    for (const piece of pieces) {
      const text = piece.repeat(lengthInCharacters / piece.length);
      for (const whole of [text, `${text}\n!`]) expect(whole.replace(pattern, "")).toBeTypeOf("string");
    }
  }
});

it("each regular expression is a literal, or stands here", () => {
  const expected = Object.entries(assembled).flatMap(([path, patterns]) => patterns.map(() => path));
  expect(constructors.toSorted()).toEqual([...expected, ...exempt].toSorted());
});
