import { describe, expect, it } from "vitest";
import { readArray, readDate, readObject, readString } from "../../../src/operation/wireReaders.js";

describe("a wire reader", () => {
  it.each([
    ["readObject", readObject, { a: 1 }],
    ["readString", readString, "a"],
  ])("%s returns a value of its type", (_, read, value) => {
    expect(read(value, "Model.member")).toEqual(value);
  });

  it.each<[string, (value: unknown, name: string) => unknown, string, unknown[]]>([
    ["readObject", readObject, "an object", [undefined, null, [], "secret"]],
    ["readString", readString, "a string", [undefined, null, "", 1]],
    ["readArray", (value, name) => readArray(value, name, readString), "an array", [undefined, {}, "secret"]],
    [
      "readDate",
      readDate,
      "a date and time with an offset",
      [
        undefined,
        null,
        {},
        ["2026-01-01T00:00:00Z"],
        1_900_000_000,
        "",
        "Wed, 02 Jan 2030 03:04:05 GMT",
        "2026-01-01T25:00:00Z",
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-13-01T00:00:00Z",
        "2026-02-31T00:00:00Z",
        "x2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00Zx",
        "2026-01-01T00:00:00.1234567890Z",
      ],
    ],
  ])("%s throws an error that names the member and its type, but not the value", (_, read, type, values) => {
    for (const value of values) {
      expect(() => read(value, "Model.member")).toThrow(
        new TypeError(`Model.member is missing or not ${type}`),
      );
    }
  });

  it.each([
    ["2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00.000Z"],
    ["2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.500Z"],
    ["2030-01-02T03:04:05.9999999+00:00", "2030-01-02T03:04:05.999Z"],
    ["2030-01-02T03:04:05.164747-08:00", "2030-01-02T11:04:05.164Z"],
    ["2030-01-02T03:04:05.5+05:30", "2030-01-01T21:34:05.500Z"],
    ["2028-02-29T23:59:59Z", "2028-02-29T23:59:59.000Z"],
    ["2026-01-01T00:00:00.123999999+02:00", "2025-12-31T22:00:00.123Z"],
  ])("readDate reads %s to the millisecond", (text, iso) => {
    expect(readDate(text, "Model.member").toISOString()).toBe(iso);
  });
});
