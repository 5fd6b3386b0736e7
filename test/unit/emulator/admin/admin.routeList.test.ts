// Checks that the admin API's list of routes, its actual routes and the list in docs/adminApi.md agree.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../../../src/emulator/index.js";
import { documents, readText } from "../../../helpers/documents.js";
import { send } from "../../../helpers/emulator/http.js";

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

describe("the admin API's list of routes", () => {
  it("is the same with a trailing slash, and contains itself", async () => {
    expect((await send(emulator.url, "GET", "/_emulator/")).json).toEqual({ routes });
    expect(routes[0]).toEqual({ method: "GET", path: "/_emulator/" });
    expect(routes.length).toBeGreaterThan(20);
  });

  it("names each body's members, and the routes reject others", async () => {
    for (const { method, path, body } of routes) {
      const reply = await send(emulator.url, method, path, { body: { nonsense: 1 } });
      const rule = body ? `an object with only the members ${Object.keys(body).join(", ")}` : "empty";
      expect([method, path, reply.json?.error?.message]).toEqual([
        method,
        path,
        `The body must be ${rule}: nonsense isn't one`,
      ]);
      expect((await send(emulator.url, method, path, { body: { nonsense: null } })).status).toBe(400);
    }
  });

  it("says which members are required, where that depends on what there is already, too", () => {
    const words = (path: string) => routes.find((each) => each.method === "POST" && each.path === path)?.body;
    expect(words("/_emulator/users/{id}/tokens")?.scopes).toBe("an array of strings, required");
    expect(words("/_emulator/entra/users")?.username).toBe("a non-empty string, required for a new user");
  });

  it("says what each member of a body may be, and the routes reject anything else", async () => {
    const guid = crypto.randomUUID();
    const sampleOf = (words: string) =>
      /array/.test(words) ? [] : /GUID/.test(words) ? guid : (/one of (\w+)/.exec(words)?.[1] ?? "x");
    for (const { method, path, body = {} } of routes) {
      const members = Object.entries(body);
      const required = members.filter(([, words]) => words.endsWith("required"));
      const others = Object.fromEntries(required.map(([name, words]) => [name, sampleOf(words)]));
      for (const [name, words] of members) {
        for (const value of [[{}], ...(/ GUID/.test(words) ? ["x"] : [])]) {
          const { status, json } = await send(emulator.url, method, path, {
            body: { ...others, [name]: value },
          });
          expect([path, name, value, status]).toEqual([path, name, value, 400]);
          const isAboutIt = json.error.message.toLowerCase().includes(name.toLowerCase());
          if (required.length > 0 && !path.endsWith("/snapshot"))
            expect([path, name, isAboutIt]).toEqual([path, name, true]);
        }
      }
    }
  });

  it("names each route's query parameters, and the routes reject others", async () => {
    for (const { method, path, query = {} } of routes) {
      const target = `${path.replace(/\{\w+\}/, "1")}?nonsense=1`;
      const { status, json } = await send(emulator.url, method, target);
      expect([method, path, status, json?.error?.message]).toEqual([
        method,
        path,
        400,
        `Unknown query parameter: this route takes ${Object.keys(query).join(", ") || "none"}`,
      ]);
    }
  });

  it("matches the list in docs/adminApi.md", () => {
    const [, section = ""] = readText("docs/adminApi.md").split("\n## The admin API\n");
    const [list = ""] = section.split("\n## ");
    const [, faults = ""] = readText("docs/testing.md").split("\n| member of a fault |");
    const [table = ""] = faults.split("\n\n");
    const membersOfFaults = (table.match(/^\|[^|]*/gm) ?? []).join("");
    const whole = list.replace("[a fault](testing.md#faults)", membersOfFaults);
    const documented = [...whole.matchAll(/`([A-Z]+) (\/\S*)`(?:\s+\(([^)]*)\))?/g)].map(
      ([, method, path, members = ""]) => ({
        method,
        path: `/_emulator${path}`,
        members: [...members.matchAll(/`(\w+)`/g)].map(([, name]) => name).sort(),
      }),
    );
    const listed = routes.map(({ method, path, query, body }) => ({
      method,
      path,
      members: Object.keys({ ...query, ...body }).sort(),
    }));
    const byPath = (each: { method: string | undefined; path: string }) => `${each.path} ${each.method}`;
    const sorted = (all: typeof documented) => all.toSorted((a, b) => (byPath(a) < byPath(b) ? -1 : 1));
    expect(sorted(documented)).toEqual(sorted(listed));
  });

  it("has the routes that the pages name", () => {
    const paths = routes.map(({ method, path }) => `${method} ${path}`);
    const named = documents.flatMap((page) => readText(page).match(/\b[A-Z]+ \/_emulator\/[\w/:]+/g) ?? []);
    expect(named.length).toBeGreaterThan(2);
    expect(paths).toEqual(expect.arrayContaining(named));
  });

  it("takes the bodies that the pages send", () => {
    const lines = documents.flatMap((page) => readText(page).match(/^.*\/_emulator\/.*$/gm) ?? []);
    const bodies = lines.flatMap((line) => {
      const [, path = ""] = /(\/_emulator[\w/:]+)/.exec(line) ?? [];
      // JSON, perhaps with escaped quotes, or Playwright's `data`. The other programs on the pages are run.
      const [, text] = /(?:["'`]|data: )\{(.*\})/.exec(line.replaceAll("\\", "")) ?? [];
      const names = text?.replace(/\{[^{}]*\}|\[[^[\]]*\]/g, "").matchAll(/(\w+)"?:/g);
      return names ? [{ path, names: Array.from(names, ([, name]) => name) }] : [];
    });
    expect(bodies.length).toBeGreaterThan(10);
    for (const { path, names } of bodies) {
      const { body = {} } = routes.find((row) => row.method === "POST" && row.path === path) ?? {};
      expect(Object.keys(body), path).toEqual(expect.arrayContaining(names));
    }
  });
});
