import { RestError } from "acs-identity";
import { describe, expect, it, vi } from "vitest";
import { describeCause, standardOutput } from "../src/log.js";

const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
const circle = new Error("a circle");
circle.cause = circle;

it("a log that nobody reads keeps 4 MB, drops the rest, and doesn't end the process", () => {
  const { stdout } = process;
  const listeners = stdout.listenerCount("error");
  const write = vi.spyOn(stdout, "write").mockReturnValue(true);
  const waiting = vi.spyOn(stdout, "writableLength", "get");
  for (const length of [3_999_999, 4_000_000]) {
    waiting.mockReturnValue(length);
    standardOutput().write(`${length}\n`);
  }
  const written = write.mock.calls.map(([line]) => line);
  vi.restoreAllMocks();
  expect(written).toEqual(["3999999\n"]);
  expect(stdout.listenerCount("error")).toBe(listeners + 2);
});

describe("the log of a cause", () => {
  it.each<[string, unknown, object]>([
    ["a string", "run the migrations", { name: "string", message: "run the migrations" }],
    ["a number", 7, { name: "number", message: "7" }],
    ["null", null, { message: "not an error" }],
    ["an object without a prototype", Object.create(null), { message: "not an error" }],
    ["an error", refused, { name: "Error", message: "connect ECONNREFUSED", code: "ECONNREFUSED" }],
    ["where an error comes from", refused, { stack: expect.stringContaining("log.test.ts") }],
    [
      "an error with causes",
      new Error("one", { cause: new TypeError("two", { cause: "three" }) }),
      { message: "one", cause: { name: "TypeError", message: "two", cause: { message: "three" } } },
    ],
    ["an error that is its own cause", circle, { cause: { cause: { message: "a circle" } } }],
    [
      "several errors",
      new AggregateError([refused, "none"], ""),
      { name: "AggregateError", errors: [{ code: "ECONNREFUSED" }, { message: "none" }] },
    ],
    [
      "a lost connection to ACS",
      new RestError("socket hang up", { code: "ECONNRESET" }),
      { name: "RestError", code: "ECONNRESET", message: "socket hang up" },
    ],
  ])("has a message and a code: %s", (_, thrown, described) => {
    expect(JSON.parse(JSON.stringify(describeCause(thrown)))).toMatchObject(described);
  });

  it("leaves out what ACS says, which may quote a request", () => {
    const error = new Error("of the service", {
      cause: new RestError("the token eyJ… is refused", { statusCode: 401, code: "Denied" }),
    });
    expect(describeCause(error)).toMatchObject({ cause: { statusCode: 401, code: "Denied" } });
    expect(JSON.stringify(describeCause(error))).not.toContain("eyJ");
  });

  it("ends with its fifth cause", () => {
    expect(JSON.stringify(describeCause(circle)).match(/"message":"a circle"/g)).toHaveLength(5);
  });
});
