// Checks what every row of the emulator's tables has in common.

import { beforeAll, describe, expect, it } from "vitest";
import type { EmulatorContext } from "../../../src/emulator/admin/emulatorContext.js";
import { loadPage } from "../../../src/emulator/page/pageTable.js";
import { emulatorRouting } from "../../../src/emulator/routing.js";
import { toFakeIdentityService } from "../../../src/testing/fakeIdentityService.js";
import { createFake } from "../../../src/testing/service/fake.js";
import { dispatch } from "../../../src/testing/wire/dispatch.js";

const rows = emulatorRouting.tables.flatMap(({ base, cors, rows: own }) =>
  own.map(({ method, path, guard }) => ({
    method,
    path: `${base}${path}`.replace(/\{\w+\}/g, "x"),
    guard,
    cors,
  })),
);
const guarded = rows.filter(({ guard }) => guard !== "service" && guard !== "none");

const fake = createFake();
const context: EmulatorContext = {
  fake,
  service: toFakeIdentityService(fake),
  startId: "",
  ownHost: "127.0.0.1",
  allowedHosts: ["login.example"],
};
beforeAll(loadPage);

async function send(method: string, target: string, headers: Record<string, string> = {}) {
  const { host = "127.0.0.1" } = headers;
  const read = async () => new Uint8Array();
  const request = {
    method,
    target,
    scheme: "http",
    host,
    headers: new Map(Object.entries(headers)),
    read,
  } as const;
  const response = await dispatch(emulatorRouting, context, request);
  const names = response.headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  return { status: response.status, headers: Object.fromEntries(names) };
}

describe("the rows of the tables", () => {
  it("refuse a foreign or bare host name with 403, with every method, unless the service or nothing guards them", async () => {
    const statuses = new Map<string, number>();
    for (const { path } of guarded) {
      for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
        for (const host of ["evil.example", "evil"]) {
          const { status } = await send(method, path, { host });
          if (status !== 403) statuses.set(`${method} ${path} ${host}`, status);
        }
      }
    }
    expect(statuses).toEqual(new Map());
    expect(guarded.length).toBeGreaterThan(45);
  });

  it.each([
    ["login.example", [] as string[]],
    ["LOGIN.example:443", []],
    ["login.example.", ["allowed host"]],
    ["x.login.example", ["allowed host"]],
    ["login.example@evil.example", ["allowed host"]],
    ["login.example.evil.example", ["allowed host"]],
  ])("refuse the host %s of allowedHosts unless they are for sign-in", async (host, more) => {
    const refused = new Set<string>();
    for (const { method, path, guard } of rows) {
      const { status } = await send(method, path, { host });
      if (status === 403) refused.add(guard);
    }
    expect([...refused].toSorted()).toEqual(["admin", "own host", ...more].toSorted());
  });

  it("are guarded, except for the health and the published key", () => {
    expect(rows.filter(({ guard }) => guard === "none").map(({ path }) => path)).toEqual([
      "/_emulator/health",
      "/.well-known/jwks.json",
    ]);
  });

  it("can be read by pages of other origins only where apps in browsers use them", async () => {
    const open = new Set<string>();
    for (const { method, path } of rows) {
      const headers = { origin: "https://app.example" };
      const response = await send(method, path, headers);
      const preflight = await send("OPTIONS", path, { ...headers, "access-control-request-method": method });
      const allowed = [response, preflight].map((each) => each.headers["access-control-allow-origin"]);
      expect(allowed, path).toEqual(Array(2).fill(allowed[0]));
      if (allowed[0] !== undefined) open.add(path);
    }
    expect([...open]).toEqual([...new Set(rows.filter(({ cors }) => cors).map(({ path }) => path))]);
    for (const path of ["/", "/help", "/_emulator/health", "/msi/token", "/x/oauth2/v2.0/authorize"]) {
      expect([...open]).not.toContain(path);
    }
  });

  it("answer a method that they don't have with 405 and Allow, and HEAD like GET unless the service has the path", async () => {
    for (const { method, path, guard } of rows) {
      const { status, headers } = await send("PURGE", path);
      expect([path, status, headers.allow]).toEqual([path, 405, expect.stringContaining(method)]);
      if (method !== "GET") continue;
      const [get, head] = [await send("GET", path), await send("HEAD", path)];
      expect([path, head.status]).toEqual([path, guard === "service" ? 405 : get.status]);
    }
  });

  it("of the admin API, whatever they answer, are never stored, nor taken for another type", async () => {
    const headers = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
    for (const { method, path, guard } of rows) {
      for (const host of guard === "admin" ? ["127.0.0.1", "evil.example"] : []) {
        expect([path, await send(method, path, { host })]).toEqual([
          path,
          { status: expect.any(Number), headers: expect.objectContaining(headers) },
        ]);
      }
    }
  });
});
