import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { requireTools } from "../helpers/tools.js";
import { blockOf } from "../starters/pages.js";
import { webCases } from "./suite/suite.js";

/** The part of wrangler that starts a Worker on its local runtime. */
interface Wrangler {
  unstable_startWorker(options: object): Promise<{ fetch: typeof fetch; dispose(): Promise<void> }>;
}

// Keeps wrangler from contacting Cloudflare, and makes it write its files where the package is installed.
const folder = dirname(inject("installation"));
process.chdir(folder);
Object.assign(process.env, { WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" });
process.env.XDG_CONFIG_HOME = folder;
const wrangler = (await requireTools(new URL("./", import.meta.url)))("wrangler") as Wrangler;

function startWorker(entrypoint: string, compatibilityFlags: readonly string[], bindings: object = {}) {
  return wrangler.unstable_startWorker({
    name: "suite",
    entrypoint: `test/runtimes/suite/${entrypoint}`,
    compatibilityDate: "2026-09-01",
    compatibilityFlags,
    bindings,
    dev: { logLevel: "warn", server: { hostname: "127.0.0.1", port: 0 }, inspector: false, watch: false },
  });
}

describe.each([
  ["a Worker", []],
  ["a Worker with nodejs_compat", ["nodejs_compat"]],
])("%s", (_, compatibilityFlags) => {
  let worker: Awaited<ReturnType<Wrangler["unstable_startWorker"]>>;

  beforeAll(async () => {
    worker = await startWorker("worker.ts", compatibilityFlags);
  });

  afterAll(() => worker.dispose());

  for (const { name } of webCases) {
    it(name, async () => {
      const url = `http://worker/?${new URLSearchParams({ case: name })}`;
      const response = await worker.fetch(url, { method: "POST", body: inject("connectionString") });
      expect(await response.text()).toBe("passed");
    });
  }
});

it("A Worker keeps one user of a person in D1, and one lost connection fails no other request", async () => {
  const store = blockOf("docs/userIdStores.md", "typescript", "cloudflare:workers");
  await writeFile(join(folder, "test/runtimes/suite/userIds.ts"), store);
  const { endpoint, accessKey } = parseEndpoint(inject("connectionString"));
  let isReset = false;
  const proxy = createServer((socket) => {
    if (!isReset) {
      isReset = true;
      socket.resetAndDestroy();
    } else socket.pipe(connect(Number(endpoint.port), endpoint.hostname)).pipe(socket);
    socket.on("error", () => {});
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  const { port } = proxy.address() as AddressInfo;
  const connectionString = `endpoint=http://127.0.0.1:${port}/;accesskey=${accessKey}`;
  const worker = await startWorker("tokenEndpointWorker.ts", [], { DB: { type: "d1", id: "users" } });
  try {
    await worker.fetch("http://worker/table");
    const ask = async (person?: string) => {
      const headers = { "X-Connection-String": connectionString, ...(person && { "X-Person": person }) };
      return worker.fetch("http://worker/token", { method: "POST", headers });
    };
    expect((await ask()).status).toBe(401);
    const first = await Promise.all(Array.from({ length: 5 }, () => ask("alice")));
    expect(first.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 503]);
    const users = await Promise.all(
      [...first.filter(({ ok }) => ok), await ask("alice")].map(async (response) => {
        return ((await response.json()) as { user: { communicationUserId: string } }).user
          .communicationUserId;
      }),
    );
    expect(new Set(users).size).toBe(1);
  } finally {
    await worker.dispose();
    proxy.close();
  }
});

function parseEndpoint(connectionString: string): { readonly endpoint: URL; readonly accessKey: string } {
  const [, endpoint = "", accessKey = ""] = /endpoint=([^;]+);accesskey=(.+)/.exec(connectionString) ?? [];
  return { endpoint: new URL(endpoint), accessKey };
}
