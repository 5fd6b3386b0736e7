// Needed where the package is developed, never where it is used: esbuild is no dependency of it.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import type { PageAssets } from "./assets.js";

const banner =
  "/*! acs-identity and, in parts, @azure/core-*, (c) Microsoft Corporation: MIT. tslib, (c) Microsoft Corporation: 0BSD. */";

/** The root of the repository. Not by import.meta, which the CommonJS build does not have. */
export function repositoryRoot(): string {
  const { resolve } = createRequire(path.join(process.cwd(), "any.js"));
  return path.dirname(resolve("acs-identity/package.json"));
}

const targets = ["es2022", "chrome120", "firefox128", "safari17"];

export async function bundlePage(): Promise<PageAssets> {
  const folder = path.join(repositoryRoot(), "src/emulator/page");
  const { build } = await import("esbuild");
  const options = {
    bundle: true,
    minify: true,
    write: false as const,
    target: targets,
    logLevel: "silent",
  } as const;
  const script = await build({
    ...options,
    entryPoints: [path.join(folder, "browser/main.ts")],
    format: "esm",
    platform: "browser",
    conditions: ["browser"],
    // Not that of the repository, whose paths name the Node side of the platform split.
    tsconfigRaw: {},
    banner: { js: banner },
  });
  const css = await build({ ...options, entryPoints: [path.join(folder, "page.css")] });
  const style = textOf(css);
  const html = (await readFile(path.join(folder, "index.html"), "utf8"))
    .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${style}</style>`)
    .replace(/\n\s*/g, "\n");
  const styleHash = `sha256-${createHash("sha256").update(style).digest("base64")}`;
  return { html, script: textOf(script), styleHash };
}

function textOf({ outputFiles: [file] }: { outputFiles: { text: string }[] }): string {
  if (!file) throw new Error("esbuild made no file");
  return file.text.trim();
}
