// Bundles the emulator's page. package.json calls this module `#emulatorPage`, so an emulator that runs from its sources
// bundles the page when a browser first asks for it. The build replaces this module with the bundled page.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

const folder = path.join(import.meta.dirname, "../src/emulator/page");
const license =
  "/*! acs-identity and, in parts, @azure/core-*, (c) Microsoft Corporation: MIT. Preact, (c) 2015-present Jason Miller: MIT. tslib, (c) Microsoft Corporation: 0BSD. */";

/** The document with its style, the script with the client, and the hash of the style for a Content-Security-Policy. */
export async function bundlePage(): Promise<Record<"html" | "script" | "styleHash", string>> {
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ["browser/main.tsx", "page.css"],
    outdir: folder,
    write: false,
    bundle: true,
    minify: true,
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "preact",
    target: ["es2022", "chrome123", "firefox128", "safari17.5"],
    banner: { js: license },
  });
  const [script = "", style = ""] = outputFiles.map(({ text }) => text.trim());
  const html = (await readFile(path.join(folder, "index.html"), "utf8"))
    .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${style}</style>`)
    .replace(/\n\s*/g, "\n");
  return { html, script, styleHash: `sha256-${createHash("sha256").update(style).digest("base64")}` };
}

export const page: Awaited<ReturnType<typeof bundlePage>> = await bundlePage();
