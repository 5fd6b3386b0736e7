// Bundles the emulator's page. package.json calls this module `#emulatorPage`, so an emulator that runs from its sources
// bundles the page when a browser first asks for it. The build replaces this module with the bundled page.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

/** What the page is made of, ready to be served. */
export interface Page {
  /** The document, with its style inside. */
  readonly html: string;
  /** One ES module, which includes the client. */
  readonly script: string;
  /** The hash of the style, as a Content-Security-Policy names it. */
  readonly styleHash: string;
}

const folder = path.join(import.meta.dirname, "../src/emulator/page");
const banner =
  "/*! acs-identity and, in parts, @azure/core-*, (c) Microsoft Corporation: MIT. tslib, (c) Microsoft Corporation: 0BSD. */";

export async function bundlePage(): Promise<Page> {
  const script = await bundle("browser/main.ts");
  const style = await bundle("page.css");
  const html = (await readFile(path.join(folder, "index.html"), "utf8"))
    .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${style}</style>`)
    .replace(/\n\s*/g, "\n");
  const styleHash = `sha256-${createHash("sha256").update(style).digest("base64")}`;
  return { html, script, styleHash };
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(folder, entry)],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: ["es2022", "chrome120", "firefox128", "safari17"],
    banner: { js: banner },
    logLevel: "silent",
  });
  return outputFiles[0]?.text.trim() ?? "";
}

export const page: Page = await bundlePage();
