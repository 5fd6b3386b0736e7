import { RestError } from "acs-identity";
import { describe, expect, it } from "vitest";
import { describeCause } from "../src/log.js";

const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
const circle = new Error("a circle");
circle.cause = circle;

describe("the log of a cause", () => {
  it.each<[string, unknown, object]>([
    ["a string", "run the migrations", { name: "string", message: "run the migrations" }],
    ["a number", 7, { name: "number", message: "7" }],
    ["null", null, { message: "not an error" }],
    ["an object without a prototype", Object.create(null), { message: "not an error" }],
    ["an error", refused, { name: "Error", message: "connect ECONNREFUSED", code: "ECONNREFUSED" }],
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
});
