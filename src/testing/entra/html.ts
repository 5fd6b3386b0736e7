import { base64, utf8 } from "../wire/bytes.js";
import { textResponse, type WireResponse } from "../wire/wire.js";

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:26rem;margin:10vh auto;padding:0 1rem}
h1{font-size:1.3rem}
ul{list-style:none;padding:0}
a{display:block;padding:.6rem .8rem;margin:.5rem 0;border:1px solid;border-radius:.4rem;text-decoration:none}
small{display:block;opacity:.75}`;

/** Submits the form as soon as the page loads. */
const submitScript = "document.forms[0].submit()";

/** Escapes a text for HTML, between tags or in a double-quoted attribute. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? "");
}

/** @param body - Safe HTML. The only script that may run in it is the one that submits a form. */
export async function htmlResponse(status: number, title: string, body: string): Promise<WireResponse> {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${style}</style><body>${body}</body></html>`;
  const policy = [
    "default-src 'none'",
    `style-src '${await hashOf(style)}'`,
    `script-src '${await hashOf(submitScript)}'`,
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

/** Returns a page that says why a sign-in failed. */
export function refusalPage({ status, message }: { status: number; message: string }): Promise<WireResponse> {
  return htmlResponse(status, "Sign-in", `<h1>This sign-in can't go on</h1><p>${escapeHtml(message)}</p>`);
}

/** Returns a page that posts the fields to the URL, at once or, if scripts are off, when its button is clicked. */
export function formPostResponse(
  url: string,
  fields: Readonly<Record<string, string>>,
): Promise<WireResponse> {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  const form = `<form method="post" action="${escapeHtml(url)}">${inputs.join("")}<button>Continue</button></form>`;
  return htmlResponse(200, "Signing in", `${form}<script>${submitScript}</script>`);
}

async function hashOf(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", utf8(text));
  return `sha256-${base64(new Uint8Array(hash))}`;
}
