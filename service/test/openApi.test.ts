import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import Fastify, { type HTTPMethods } from "fastify";
import { describe, expect, it } from "vitest";
import { type AppOptions, createApp } from "../src/app.js";
import { problemCodes } from "../src/problem.js";
import { contract, findContradiction } from "./openApi.js";

const file = new URL("../openapi.yaml", import.meta.url);

describe("the contract", () => {
  it("is an OpenAPI document", async () => {
    const { valid, errors } = await new Validator().validate(readFileSync(file, "utf8"));
    expect(valid, JSON.stringify(errors)).toBe(true);
  });

  it("has the routes that the framework has registered, and no others", async () => {
    // A route is registered without what its handler needs.
    const unused = {} as AppOptions;
    const app = createApp({ ...unused, allowedOrigins: [], log: Fastify().log });
    await app.ready();
    const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    );
    for (const { method, path } of operations) {
      expect(app.hasRoute({ method: method as HTTPMethods, url: path }), `${method} ${path}`).toBe(true);
    }
    // HEAD and OPTIONS are Fastify's own.
    const registered = app
      .printRoutes({ commonPrefix: false })
      .matchAll(/\b(?:GET|POST|DELETE|PUT|PATCH)\b/g);
    expect([...registered]).toHaveLength(operations.length);
    await app.close();
  });

  it("has the requests and responses of README.md", () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const rows = [...readme.matchAll(/^\| `([A-Z]+) (\/[\w/]*)` +\| (?:(\d+)|`\{ (.+?) \}`)/gm)];
    const listed = rows.map(([, method = "", path, status = "200", members = ""]) => {
      const names = members.replace(/: \{.*?\}/g, "").match(/\w+/g) ?? [];
      return [path, method.toLowerCase(), status, names];
    });
    const { schemas } = contract.components;
    const documented = Object.entries(contract.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses }]) => {
        const [[status = "", { content }] = ["", {}]] = Object.entries(responses);
        const name = content?.["application/json"]?.schema.$ref.split("/").at(-1) ?? "Status";
        return [path, method, status, name === "Status" ? [] : schemas[name]?.required];
      }),
    );
    expect(listed).toEqual(documented);
  });

  it("has the problems' codes, each with its statuses", () => {
    const { description = "", enum: codes } = contract.components.schemas.Problem?.properties.code ?? {};
    // The text is such as `403 no-scope, no-teams; 408, 413 and 431 bad-request`.
    const listed = description
      .slice(description.indexOf(": ") + 2)
      .split("; ")
      .flatMap((part) => {
        const statuses = part.match(/\d+/g) ?? [];
        return (part.match(/[a-z]+(?:-[a-z]+)*(?=,|$)/g) ?? []).flatMap((code) =>
          statuses.map((status) => `${code} ${status}`),
        );
      });
    const given = Object.entries(problemCodes).flatMap(([code, statuses]) =>
      statuses.map((status) => `${code} ${status}`),
    );
    expect(listed.toSorted()).toEqual(given.toSorted());
    expect(codes).toEqual(Object.keys(problemCodes).toSorted());
  });

  it("requires one header besides that of the sign-in: a Teams user's token", () => {
    const operations = Object.values(contract.paths).flatMap((methods) => Object.values(methods));
    const required = operations.flatMap(({ operationId, parameters = [] }) =>
      parameters.filter((parameter) => parameter.required).map(({ name }) => `${operationId} ${name}`),
    );
    expect(required).toEqual(["getTeamsToken Teams-User-Aad-Token"]);
  });

  it("gives the operations of a generated client their names, and says which need a sign-in", () => {
    const operations = Object.values(contract.paths).flatMap((methods) => Object.values(methods));
    const isOpen = ({ security = contract.security }: (typeof operations)[number]) => security.length === 0;
    expect(operations.map((each) => `${each.operationId}${isOpen(each) ? "" : " signed in"}`)).toEqual([
      "getToken signed in",
      "getTeamsToken signed in",
      "revokeTokens signed in",
      "deleteUser signed in",
      "getHealth",
      "getReadiness",
    ]);
    expect(contract.security).toEqual([{ signIn: [] }]);
    expect(contract.components.securitySchemes).toMatchObject({ signIn: { type: "http", scheme: "bearer" } });
  });

  it("promises each member of a response, and the scopes that a policy can give", () => {
    const text = JSON.stringify(contract.components.schemas);
    const objects: { required: string[]; properties: object; additionalProperties: boolean }[] = [];
    const scopes: unknown[] = [];
    JSON.parse(text, (name, value) => {
      if (value?.type === "object") objects.push(value);
      if (name === "scopes") scopes.push(value);
      return value;
    });
    expect(objects).toHaveLength(5);
    for (const { required, properties, additionalProperties } of objects) {
      expect([required, additionalProperties]).toEqual([Object.keys(properties), false]);
    }
    const known = ["chat", "chat.join", "chat.join.limited", "voip", "voip.join"];
    expect(scopes).toEqual([{ type: "array", minItems: 1, items: { enum: known } }]);
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
    expect(findContradiction(method, path, { status, headers, body })).toBeTypeOf("string");
  });
});
