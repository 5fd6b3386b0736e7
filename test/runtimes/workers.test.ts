import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { requireTools } from "../helpers/tools.js";
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

function startWorker(entrypoint: string, compatibilityFlags: readonly string[]) {
  return wrangler.unstable_startWorker({
    name: "suite",
    entrypoint: `test/runtimes/suite/${entrypoint}`,
    compatibilityDate: "2026-09-01",
    compatibilityFlags,
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

it("A Worker mounts the token route of the samples", async () => {
  const worker = await startWorker("tokenRouteWorker.ts", []);
  try {
    const call = (headers: Record<string, string>) =>
      worker.fetch("http://worker/token", {
        method: "POST",
        headers: { "X-Connection-String": inject("connectionString"), ...headers },
      });
    const answers = await Promise.all([1, 2, 3].map(() => call({ "X-Person": "alice" })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const bodies = await Promise.all(answers.map((answer) => answer.json() as Promise<{ user: object }>));
    expect(new Set(bodies.map(({ user }) => JSON.stringify(user))).size).toBe(1);
    expect((await call({})).status).toBe(401);
  } finally {
    await worker.dispose();
  }
});
