import { readFile } from "node:fs/promises";

const types: Readonly<Record<string, string>> = {
  "index.html": "text/html; charset=utf-8",
  "page.js": "text/javascript; charset=utf-8",
  "tokenKeeper.js": "text/javascript; charset=utf-8",
  "page.css": "text/css; charset=utf-8",
};

/** A file of the page, or undefined for any other path. */
export async function pageFile(path: string): Promise<PageFile | undefined> {
  const name = path === "/" ? "index.html" : path.slice(1);
  const type = types[name];
  if (!type) return undefined;
  return {
    status: 200,
    headers: {
      "Content-Type": type,
      "Content-Security-Policy": "default-src 'self'; img-src data:; frame-ancestors 'none'",
    },
    body: await readFile(new URL(`page/${name}`, import.meta.url)),
  };
}

export interface PageFile {
  readonly status: 200;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}
