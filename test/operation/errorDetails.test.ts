import { createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { readErrorDetails } from "../../src/operation/errorDetails.js";

function detailsOf(body: unknown, headers: Record<string, string> = {}, url = "http://127.0.0.1") {
  const request = createPipelineRequest({ url });
  const bodyAsText = JSON.stringify(body);
  return readErrorDetails({ request, status: 400, headers: createHttpHeaders(headers), bodyAsText });
}

describe("the details of an error", () => {
  it("hold every known member", () => {
    const error = {
      code: "C",
      message: "m",
      target: "t",
      details: [{ code: "D" }],
      innererror: { code: "E" },
      other: 1,
    };
    const { innererror, other: _, ...known } = error;
    expect(detailsOf({ error })).toStrictEqual({ error: { ...known, innerError: innererror } });
  });

  it("hold eight levels of inner errors and of details", () => {
    const nest = (levels: number, wrap: (inner: object) => object, last = {}): object =>
      levels === 1 ? last : wrap(nest(levels - 1, wrap, last));
    const inner = (name: string) => (value: object) => ({ [name]: value });
    const listed = (value: object) => ({ details: [value] });
    expect(detailsOf({ error: nest(12, inner("innererror")) })).toStrictEqual({
      error: nest(8, inner("innerError")),
    });
    expect(detailsOf({ error: nest(12, listed) })).toStrictEqual({
      error: nest(8, listed, { details: [] }),
    });
  });

  it.each([[null], ["x"], [5], [[]], [{}]])("of the body %j are empty", (body) => {
    expect(detailsOf(body)).toStrictEqual({});
  });

  it("hold at most 2000 characters of the emulator's diagnosis, and none from another host", () => {
    const headers = { "x-ms-emulator-diagnosis": "x".repeat(2001) };
    expect(detailsOf({}, headers)).toStrictEqual({ emulatorDiagnosis: "x".repeat(2000) });
    expect(detailsOf({}, headers, "https://a.example")).toStrictEqual({});
  });
});
