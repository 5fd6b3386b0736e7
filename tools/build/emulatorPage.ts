// Bundles the emulator's page. An emulator that runs from its sources does that when a browser first asks for the page.
// The build replaces this module with the bundled page.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";

const folder = path.join(import.meta.dirname, "../../src/emulator/page");
const license = "/*! acs-identity: MIT. Preact, (c) 2015-present Jason Miller: MIT. */";

/** A document, and the hash of its style for a Content-Security-Policy. */
interface Document {
  readonly html: string;
  readonly styleHash: string;
}

function documentOf(html: string, style: string): Document {
  return {
    html: html
      .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${style}</style>`)
      .replace(/\n\s*(?=<)/g, "\n"),
    styleHash: `sha256-${createHash("sha256").update(style).digest("base64")}`,
  };
}

/** What the emulator serves besides its answers. */
export interface Pages {
  readonly page: Document;
  /** The page's script. */
  readonly script: string;
  /** TROUBLESHOOTING.md, to which the page links. */
  readonly help: Document;
}

export async function bundlePages(): Promise<Pages> {
  // Loaded lazily: most emulators that run from their sources never show the page.
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ["browser/main.tsx", "page.css", "help.css"],
    outdir: folder,
    write: false,
    bundle: true,
    minify: true,
    format: "esm",
    charset: "utf8",
    jsx: "transform",
    jsxFactory: "h",
    jsxFragment: "Fragment",
    inject: [path.join(import.meta.dirname, "pageElements.ts")],
    tsconfigRaw: {},
    target: ["es2022", "chrome123", "firefox128", "safari17.5"],
    banner: { js: license },
  });
  const [script = "", style = "", helpStyle = ""] = outputFiles.map(({ text }) => text.trim());
  const html = await readFile(path.join(folder, "index.html"), "utf8");
  const troubleshooting = await readFile(path.join(folder, "../../../TROUBLESHOOTING.md"), "utf8");
  const explanations = await toHtml(troubleshooting);
  const help = (await readFile(path.join(folder, "help.html"), "utf8")).replace(
    "<main></main>",
    () => `<main>${explanations}</main>`,
  );
  return {
    page: documentOf(html, style),
    script,
    help: documentOf(help, helpStyle),
  };
}

/** Gives headings GitHub's anchors, and turns links to other files into text, since they'd lead nowhere here. */
async function toHtml(markdown: string): Promise<string> {
  const { Marked } = await import("marked");
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        const id = text
          .toLowerCase()
          .replace(/[^\p{L}\p{N}\s_-]/gu, "")
          .replaceAll(" ", "-");
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>`;
      },
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        return /^(?:#|https:)/.test(href) ? `<a href="${href}">${text}</a>` : text;
      },
    },
  });
  return marked.parse(markdown, {
    async: false,
  });
}

let bundled: Promise<Pages> | undefined;

export function pages(): Promise<Pages> {
  bundled ??= bundlePages();
  return bundled;
}
