// The list of the admin API, its routes and the table of the README, held together.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.js";
import { send } from "./http.js";

interface Listed {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, string>>;
}

let emulator: Emulator;
let routes: readonly Listed[];
beforeAll(async () => {
  emulator = await startEmulator();
  routes = (await send(emulator.url, "GET", "/_emulator")).json.routes;
});
afterAll(() => emulator.close());

describe("the list of the admin API", () => {
  it("is the same with a slash behind it, and names itself", async () => {
    expect((await send(emulator.url, "GET", "/_emulator/")).json).toEqual({ routes });
    expect(routes[0]).toEqual({ method: "GET", path: "/_emulator/" });
  });

  it("has what is answered", async () => {
    const words = new Map<string, number>();
    for (const { method, path } of routes) {
      const { status, json } = await send(emulator.url, method, path.replace(/\{\w+\}/, "1"));
      const isMissing = status === 405 || json?.error?.message.startsWith("There is no /_emulator");
      if (isMissing) words.set(`${method} ${path}`, status);
    }
    expect(words).toEqual(new Map());
    expect(routes.length).toBeGreaterThan(20);
  });

  it("has the members that a body may have, and others are refused", async () => {
    const refusals = [];
    for (const { method, path, body } of routes) {
      if (!body) continue;
      const reply = await send(emulator.url, method, path, { body: { nonsense: 1 } });
      expect(reply.status).toBe(400);
      refusals.push([path, reply.json.error.message]);
    }
    expect(refusals.length).toBe(9);
    for (const [path, message] of refusals) {
      const { body = {} } = routes.find((route) => route.path === path && route.body) ?? {};
      expect(message).toContain(Object.keys(body).join(", "));
    }
  });

  it("has what a query may have, and other parameters are refused", async () => {
    for (const { method, path, query = {} } of routes) {
      const target = `${path.replace(/\{\w+\}/, "1")}?nonsense=1`;
      const { status, json } = await send(emulator.url, method, target);
      expect([method, path, status, json?.error?.message]).toEqual([
        method,
        path,
        400,
        `The query may have: ${Object.keys(query).join(", ") || "nothing"}`,
      ]);
    }
  });

  it("is what the README's table says", () => {
    const readme = readFileSync(new URL("../../docs/emulator.md", import.meta.url), "utf8");
    const rows = [...readme.matchAll(/^\| `([A-Z]+) (\/\S*)` +\| ([^|]*)\|/gm)].map(
      ([, method, path, members = ""]) => ({
        method,
        path: `/_emulator${path}`,
        members: [...members.matchAll(/`(\w+)`/g)].map(([, name]) => name),
      }),
    );
    const listed = routes.map(({ method, path, query, body }) => ({
      method,
      path,
      members: Object.keys({ ...query, ...body }),
    }));
    expect(rows).toEqual(listed);
  });
});
