import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Output } from "../../src/cli/output.js";

let written = "";
beforeEach(() => {
  written = "";
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((text) => {
      written += text;
      return true;
    });
  }
});
afterEach(() => vi.restoreAllMocks());

/** C0 and C1 control characters, bidirectional controls and Unicode line separators. */
const hostile =
  "\u001b[2J\r\nforged\u007f\u0085\u009b31m\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029";
const controls = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

describe("a log line", () => {
  it("escapes control and bidi characters, and keeps other text", () => {
    const output = new Output({ json: false, logLevel: "info" });
    output.log({ level: "warn", message: `GET /${hostile}äöü日本🙂 404` });
    expect(written.endsWith("äöü日本🙂 404\n")).toBe(true);
    expect(written.trimEnd()).not.toMatch(controls);
    expect(written).toContain("\\u001b[2J\\u000d\\u000aforged\\u007f\\u0085\\u009b31m\\u061c");
  });

  it("escapes them in JSON, too, without changing the parsed text", () => {
    const output = new Output({ json: true, logLevel: "info" });
    output.log({ level: "warn", message: hostile, fields: { request: { target: hostile } } });
    expect(written.trimEnd()).not.toMatch(controls);
    expect(JSON.parse(written)).toMatchObject({ message: hostile, request: { target: hostile } });
  });

  it.each([true, false])("isn't the only text that is escaped: so is an answer, with json %s", (json) => {
    new Output({ json }).answer({ id: hostile }, [hostile, "next"]);
    expect(written.replaceAll("\n", "")).not.toMatch(controls);
    expect(json ? JSON.parse(written) : written.split("\n")).toMatchObject(
      json ? { id: hostile } : { length: 3 },
    );
  });
});
