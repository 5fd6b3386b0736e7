import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { asksForJson, logLevels, Output, print, table } from "../../../src/cli/output.js";

/** What was written to each stream, and the code with which each write ends. */
let written = { out: "", err: "" };
let code: string | undefined;
beforeEach(() => {
  written = { out: "", err: "" };
  code = undefined;
  const capture = (stream: NodeJS.WriteStream, name: "out" | "err") =>
    vi.spyOn(stream, "write").mockImplementation((text, done: unknown) => {
      written[name] += text;
      if (typeof done === "function") done(code && Object.assign(new Error("none"), { code }));
      return true;
    });
  capture(process.stdout, "out");
  capture(process.stderr, "err");
});
afterEach(() => vi.restoreAllMocks());

/** C0 and C1 control characters, bidirectional controls and Unicode line separators. */
const hostile =
  "\u001b[2J\r\nforged\u007f\u0085\u009b31m\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029";
const controls = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

it("a result that was written lets the command go on", async () => {
  await print("text");
  expect(written.out).toBe("text");
});

describe("a log line", () => {
  it("escapes control and bidi characters, and keeps other text", () => {
    const output = new Output({ json: false, logLevel: "info" });
    output.log({ level: "warn", message: `GET /${hostile}äöü日本🙂 404` });
    expect(written.err.endsWith("äöü日本🙂 404\n")).toBe(true);
    expect(written.err.trimEnd()).not.toMatch(controls);
    expect(written.err).toContain("\\u001b[2J\\u000d\\u000aforged\\u007f\\u0085\\u009b31m\\u061c");
  });

  it("escapes them in JSON, too, without changing the parsed text", () => {
    const output = new Output({ json: true, logLevel: "info" });
    output.log({ level: "warn", message: hostile, fields: { request: { target: hostile } } });
    expect(written.err.trimEnd()).not.toMatch(controls);
    expect(JSON.parse(written.err)).toEqual({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      level: "warn",
      message: hostile,
      request: { target: hostile },
    });
  });

  it("is dropped if a megabyte of the log is unread", () => {
    const unread = vi.spyOn(process.stderr, "writableLength", "get").mockReturnValue(2 ** 20 + 1);
    const output = new Output({ json: false });
    output.log({ level: "warn", message: "dropped" });
    unread.mockReturnValue(2 ** 20);
    output.log({ level: "warn", message: "written" });
    expect(written.err).toMatch(/^\S+ warn {2}written\n$/);
  });

  it.each([true, false])(
    "isn't the only text that is escaped: so is an answer, with json %s",
    async (json) => {
      await new Output({ json }).result({ id: hostile }, [hostile, "next"]);
      expect(written.out.replaceAll("\n", "")).not.toMatch(controls);
      expect(json ? JSON.parse(written.out) : written.out.split("\n")).toMatchObject(
        json ? { id: hostile } : { length: 3 },
      );
    },
  );

  it.each(logLevels)("is written if the level %s has it", (logLevel) => {
    const output = new Output({ json: false, logLevel });
    for (const level of ["error", "warn", "info", "debug"] as const) output.log({ level, message: "text" });
    const lines = written.err.split("\n").slice(0, -1);
    const expected = ["error text", "warn  text", "info  text", "debug text"];
    expect(lines.map((line) => line.slice(13))).toEqual(
      expected.slice(0, ["silent", "error", "warn", "info", "debug"].indexOf(logLevel)),
    );
    for (const line of lines) expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} /);
  });

  it("has a color on a terminal if it warns or is about an error", () => {
    Object.assign(process.stderr, { hasColors: () => true });
    try {
      const output = new Output({ json: false });
      for (const level of ["error", "warn", "info"] as const) output.log({ level, message: "x" });
      output.error({ message: "one\ntwo", notes: ["three"] });
      const colors = written.err.split("\n").map((line) => line.slice(0, line.indexOf("m") + 1).slice(1));
      expect(colors).toEqual(["[31m", "[33m", "", "[31m", "[31m", "[31m", ""]);
    } finally {
      Reflect.deleteProperty(process.stderr, "hasColors");
    }
  });
});

describe("a result", () => {
  it.each(["EPIPE", "ENOSPC"])(
    "that can't be written because of %s is an error, which has the id of what was made, and no other",
    async (failure) => {
      code = failure;
      const message = `The result can't be written to standard output: ${failure}`;
      await expect(print("text")).rejects.toMatchObject({ message, exitCode: 1 });
      for (const json of [true, false]) {
        const output = new Output({ json });
        const found = output.result({ id: "8:acs:x" }, ["8:acs:x"]);
        await expect(found).rejects.toMatchObject({ message, exitCode: 1 });
        const made = output.result({ id: "8:acs:x" }, ["8:acs:x"], "8:acs:x");
        await expect(made).rejects.toMatchObject({ message: `8:acs:x: ${message}`, exitCode: 1 });
      }
    },
  );

  it("is all that a program gets, but an error has fields for it where people get notes", () => {
    const [forPrograms, forPeople] = [new Output({ json: true }), new Output({ json: false })];
    const error = { message: "It failed", fields: { statusCode: 404 }, notes: ["Do that"] };
    forPrograms.note("A remark");
    forPrograms.error(error);
    forPeople.note("A remark");
    forPeople.error(error);
    expect(written).toEqual({
      out: "",
      err: '{"level":"error","message":"It failed","statusCode":404}\nA remark\nIt failed\nDo that\n',
    });
  });

  it("is a table without the rows that have no value", () => {
    expect(
      table([
        ["a", "1"],
        ["long", undefined],
        ["b", ""],
        ["bcd", "2"],
      ]),
    ).toEqual(["a     1", "bcd   2"]);
  });
});

it.each([
  [["--json"], {}, false, true],
  [[], { ACS_EMULATOR_JSON: "TRUE" }, true, true],
  [[], { ACS_EMULATOR_JSON: "0" }, true, false],
  [[], { ACS_EMULATOR_JSON: "1" }, false, false],
  [["--jsno"], {}, true, false],
])(
  "an error is written as JSON with %j and %j, for the emulator %s: %s",
  (args, environment, isEmulator, expected) => {
    expect(asksForJson(args, environment, isEmulator)).toBe(expected);
  },
);
