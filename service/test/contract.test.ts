import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { contradictionOf } from "./contract.js";

const file = new URL("../openapi.yaml", import.meta.url);

describe("the contract", () => {
  it("is an OpenAPI document", async () => {
    const { valid, errors } = await new Validator().validate(readFileSync(file, "utf8"));
    expect(valid, JSON.stringify(errors)).toBe(true);
  });

  it.each([
    ["POST", "/token", 200, { token: "t", expiresOn: "2026-11-27T00:00:00Z", scopes: ["voip"] }],
    ["POST", "/token", 200, undefined],
    ["POST", "/revoke", 204, { status: "ok" }],
    ["POST", "/token", 403, { title: "Forbidden", status: 403, code: "other", detail: "", requestId: "1" }],
    ["GET", "/healthz", 200, { status: "bad" }],
  ])("is contradicted by the response of %s %s with %i and %o", (method, path, status, body) => {
    const type = status === 403 ? "application/problem+json" : "application/json";
    const headers = new Headers(body ? { "Content-Type": type } : {});
    expect(contradictionOf(method, path, { status, headers, body })).toBeTypeOf("string");
  });
});
