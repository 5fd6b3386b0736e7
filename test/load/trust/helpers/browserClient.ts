// The client bundled as for a browser, running on the fetch and WebCrypto of this process.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "rolldown";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** Loads the bundled main entry, which has its own copies of the logger and of core-tracing. */
export async function loadBrowserBuild(): Promise<typeof import("../../../../src/index.js")> {
  const folder = mkdtempSync(path.join(tmpdir(), "acs-identity-browser-"));
  const file = path.join(folder, "client.mjs");
  try {
    await build({
      input: path.join(root, "src/index.ts"),
      platform: "browser",
      resolve: { extensionAlias: { ".js": [".web.ts", ".ts", ".js"] } },
      output: { file, format: "esm" },
      logLevel: "silent",
    });
    // The browser build of Azure Core reads this global of web pages.
    Reflect.set(globalThis, "self", globalThis);
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
