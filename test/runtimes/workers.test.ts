import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { toolsOf } from "../package/tools.js";
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
const wrangler = (await toolsOf(new URL("./", import.meta.url)))("wrangler") as Wrangler;

describe.each([
  ["a Worker", []],
  ["a Worker with nodejs_compat", ["nodejs_compat"]],
])("%s", (_, compatibilityFlags) => {
  let worker: Awaited<ReturnType<Wrangler["unstable_startWorker"]>>;

  beforeAll(async () => {
    worker = await wrangler.unstable_startWorker({
      name: "suite",
      entrypoint: "test/runtimes/suite/worker.ts",
      compatibilityDate: "2026-09-01",
      compatibilityFlags,
      dev: { logLevel: "warn", server: { hostname: "127.0.0.1", port: 0 }, inspector: false, watch: false },
    });
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
