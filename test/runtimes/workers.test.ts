import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { toolsOf } from "../package/tools.js";
import { webCases } from "./suite/suite.js";

/** What of wrangler's interface is used; it is installed only where this runs. */
interface Wrangler {
  unstable_startWorker(options: object): Promise<Worker>;
}

interface Worker {
  fetch(url: string, init: RequestInit): Promise<Response>;
  dispose(): Promise<void>;
}

describe.each([
  ["Workers", []],
  ["Workers with nodejs_compat", ["nodejs_compat"]],
])("%s", (_, flags) => {
  let worker: Worker;

  beforeAll(async () => {
    const require = await toolsOf(new URL("./", import.meta.url));
    // wrangler asks nothing of Cloudflare, and its files go to where the package is installed.
    process.chdir(inject("installation"));
    Object.assign(process.env, {
      WRANGLER_SEND_METRICS: "false",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      XDG_CONFIG_HOME: inject("installation"),
    });
    const { unstable_startWorker } = require("wrangler") as Wrangler;
    worker = await unstable_startWorker({
      name: "suite",
      entrypoint: "test/runtimes/suite/worker.ts",
      compatibilityDate: "2026-09-01",
      compatibilityFlags: flags,
      dev: { logLevel: "warn", server: { hostname: "127.0.0.1", port: 0 }, inspector: false, watch: false },
    });
  }, 60_000);

  afterAll(() => worker.dispose());

  for (const { name } of webCases) {
    it(name, async () => {
      const url = `http://worker/?${new URLSearchParams({ case: name })}`;
      const response = await worker.fetch(url, { method: "POST", body: inject("connectionString") });
      expect(await response.text()).toBe("passed");
    });
  }
});
