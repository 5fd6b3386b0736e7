import { base64, sha256 } from "../wire/bytes.js";
import { textResponse, type WireResponse } from "../wire/wire.js";
import { documentStyle } from "./pageStyle.js";

/** A document of the emulator. The texts in it that others wrote are escaped, except the title. */
interface Document {
  /** What the document is about, as text. The name of the emulator follows. */
  readonly title?: string;
  readonly style: string;
  /** More elements of the head. */
  readonly head?: string;
  readonly body: string;
}

/** What a page says below the emulator's name, in safe HTML. */
export interface HtmlPage {
  /** As text. */
  readonly title: string;
  readonly main: string;
  readonly footer: string;
  /** The script that the page may run. It may contain nothing that others wrote. @defaultValue it may run none */
  readonly script?: string;
}

const productName = "acs-identity emulator";

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='none' stroke='white' stroke-width='1.6'%3E%3Crect width='16' height='16' rx='4' fill='%232560c4' stroke='none'/%3E%3Ccircle cx='6' cy='6.5' r='2.6'/%3E%3Cpath d='M8 8.5l4 4m-1.8-1.8l1.4-1.4' stroke-linecap='round'/%3E%3C/svg%3E";

/** Escapes a text for HTML, between tags or in a double-quoted attribute. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? "");
}

/** Escapes a name that others wrote, and keeps its writing direction from what follows. */
export function nameHtml(name: string): string {
  return `<bdi>${escapeHtml(name)}</bdi>`;
}

export function htmlDocument({ title, style, head = "", body }: Document): string {
  const name = title === undefined ? productName : `${title} · ${productName}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(name)}</title>
<link rel="icon" href="${icon}">
<style>${style}</style>
${head}</head>
<body>
${body}
</body>
</html>
`;
}

/** Returns the head of a page's body, whose name leads to the emulator's own page. */
export function pageHeader(home: string): string {
  return `<header><a href="${escapeHtml(home)}">acs-identity <span>emulator</span></a></header>`;
}

/** @param home - The address of the emulator's own page. */
export async function htmlResponse(
  status: number,
  home: string,
  { title, main, footer, script }: HtmlPage,
): Promise<WireResponse> {
  const body = `${pageHeader(home)}\n<main>${main}</main>\n<footer>${footer}</footer>`;
  const html = htmlDocument({ title, style: documentStyle, body });
  const policy = [
    "default-src 'none'",
    `style-src '${await policyHash(documentStyle)}'`,
    "img-src data:",
    ...(script === undefined ? [] : [`script-src '${await policyHash(script)}'`]),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return textResponse(status, "text/html; charset=utf-8", html, [
    ["Content-Security-Policy", policy],
    ["Cache-Control", "no-store"],
    ["Referrer-Policy", "no-referrer"],
    ["X-Content-Type-Options", "nosniff"],
  ]);
}

/** Returns the hash by which a Content-Security-Policy allows a style or script. */
export async function policyHash(text: string): Promise<string> {
  return `sha256-${base64(await sha256(text))}`;
}
