// The client as a browser gets it, bundled, on the fetch and the WebCrypto of this process.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The module of the main entry. The bundle is its own world: its logger and tracing are not those of this process. */
export async function loadBrowserBuild(): Promise<typeof import("../../../src/index.js")> {
  const folder = mkdtempSync(path.join(tmpdir(), "acs-identity-browser-"));
  const outfile = path.join(folder, "client.mjs");
  try {
    await build({
      entryPoints: [path.join(root, "src/index.ts")],
      bundle: true,
      format: "esm",
      platform: "browser",
      outfile,
      logLevel: "silent",
    });
    // A page's global, which the browser build of Azure Core reads.
    Reflect.set(globalThis, "self", globalThis);
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
