// Bundles the emulator's page. An emulator that runs from its sources does that when a browser first asks for the page.
// The build replaces this module with the bundled page.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { htmlDocument, pageHeader, policyHash } from "../../src/testing/html/htmlPage.js";
import { baseStyle, documentStyle } from "../../src/testing/html/pageStyle.js";

const folder = path.join(import.meta.dirname, "../../src/emulator/page");
const license = "/*! acs-identity: MIT. Preact, (c) 2015-present Jason Miller: MIT. */";

/** A document, and the hash of its style for a Content-Security-Policy. */
interface Document {
  readonly html: string;
  readonly styleHash: string;
}

async function documentOf(document: Parameters<typeof htmlDocument>[0]): Promise<Document> {
  return { html: htmlDocument(document), styleHash: await policyHash(document.style) };
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
  const { build, transform } = await import("esbuild");
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
  const small = async (css: string) => (await transform(css, { loader: "css", minify: true })).code.trim();
  return {
    page: await documentOf({
      style: (await small(baseStyle)) + style,
      head: '<script type="module" src="/page.js"></script>\n',
      body: `<noscript><p class="problem">This page needs JavaScript.</p></noscript>\n<div id="page"></div>`,
    }),
    script,
    help: await documentOf({
      title: "Help",
      style: (await small(documentStyle)) + helpStyle,
      body: await helpBody(await readFile(path.join(folder, "../../../TROUBLESHOOTING.md"), "utf8")),
    }),
  };
}

/** What the page of help lists in its contents. */
interface Heading {
  readonly id: string;
  readonly depth: number;
  readonly html: string;
}

/**
 * Returns the explanations with a list of their headings. Headings have GitHub's anchors, and lead to themselves, so
 * that their address can be copied. Links to other files become text, since they'd lead nowhere here.
 */
async function helpBody(markdown: string): Promise<string> {
  const { Marked } = await import("marked");
  const headings: Heading[] = [];
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        const html = this.parser.parseInline(tokens);
        const id = text
          .toLowerCase()
          .replace(/[^\p{L}\p{N}\s_-]/gu, "")
          .replaceAll(" ", "-");
        if (depth === 1) return `<h1 id="${id}">${html}</h1>`;
        headings.push({ id, depth, html });
        return `<h${depth} id="${id}"><a href="#${id}">${html}</a></h${depth}>`;
      },
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        return /^(?:#|https:)/.test(href) ? `<a href="${href}">${text}</a>` : text;
      },
    },
  });
  const explanations = marked.parse(markdown, { async: false });
  return `${pageHeader("/")}
<div class="columns">
<nav aria-labelledby="contents"><h2 id="contents">Contents</h2>${contents(headings)}</nav>
<main>${explanations}</main>
</div>`;
}

/** Returns a list of the sections, each with a list of its own. */
function contents(headings: readonly Heading[]): string {
  const sections: { readonly section: Heading; readonly parts: Heading[] }[] = [];
  for (const heading of headings) {
    if (heading.depth === 2) sections.push({ section: heading, parts: [] });
    else sections.at(-1)?.parts.push(heading);
  }
  const link = ({ id, html }: Heading) => `<a href="#${id}">${html}</a>`;
  const list = (items: readonly string[]) =>
    items.length > 0 ? `<ul>${items.map((item) => `<li>${item}</li>`).join("")}</ul>` : "";
  return list(sections.map(({ section, parts }) => link(section) + list(parts.map(link))));
}

let bundled: Promise<Pages> | undefined;

export function pages(): Promise<Pages> {
  bundled ??= bundlePages();
  return bundled;
}
