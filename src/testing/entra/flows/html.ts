import type { Fake } from "../../service/fake.js";
import type { Application, DirectoryUser } from "../../state/entries/principals.js";
import { base64, sha256 } from "../../wire/bytes.js";
import { textResponse, type WireResponse } from "../../wire/wire.js";
import type { EntraError } from "../errors/entraError.js";

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:26rem;margin:10vh auto;padding:0 1rem}
h1{font-size:1.3rem}
ul{list-style:none;padding:0}
li a{display:block;padding:.6rem .8rem;margin:.5rem 0;border:1px solid;border-radius:.4rem;text-decoration:none}
small{display:block;opacity:.75}`;

const submitScript = "document.forms[0].submit()";

/** Escapes a text for HTML, between tags or in a double-quoted attribute. */
function escapeHtml(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? "");
}

/** @param body - Safe HTML. The only script that may run in it is the one that submits a form. */
async function htmlResponse(status: number, title: string, body: string): Promise<WireResponse> {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>${escapeHtml(title)}</title><style>${style}</style><body><main>${body}</main></body></html>`;
  const policy = [
    "default-src 'none'",
    `style-src '${await policyHash(style)}'`,
    "img-src data:",
    `script-src '${await policyHash(submitScript)}'`,
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

/**
 * Returns a page that ends with where a person goes on: at the emulator's own address, since its page has no other.
 * @param body - Safe HTML.
 */
function personPage(
  { endpoint }: Fake,
  status: number,
  heading: string,
  body: string,
): Promise<WireResponse> {
  const [entra, help] = ["#/entra", "help#entra-id-errors-of-the-emulator"].map((path) =>
    escapeHtml(endpoint + path),
  );
  const footer = `<p><small>This is the emulator of acs-identity, not Microsoft: it asks for no password. Its page has users, applications and what they may do under <a href="${entra}">Entra ID</a>, and its <a href="${help}">help</a> explains errors.</small></p>`;
  return htmlResponse(status, heading, `<h1>${escapeHtml(heading)}</h1>${body}${footer}`);
}

/** Returns a page with a link for each user, which repeats the parameters with a login hint. */
export function choicePage(
  fake: Fake,
  { name }: Application,
  users: readonly DirectoryUser[],
  parameters: URLSearchParams,
): Promise<WireResponse> {
  const links = users.map((user) => {
    const link = new URLSearchParams(parameters);
    link.set("login_hint", user.username);
    link.delete("prompt");
    const facts = [
      user.username,
      user.hasRole ? "role on the resource" : "no role on the resource",
      user.hasTeamsLicense ? "Teams license" : "no Teams license",
    ];
    return `<li><a href="?${escapeHtml(link.toString())}">${escapeHtml(user.name)}<small>${escapeHtml(facts.join(", "))}</small></a></li>`;
  });
  const list = links.length > 0 ? `<ul>${links.join("")}</ul>` : "<p>This tenant has no users.</p>";
  return personPage(fake, 200, `Sign in to ${name}`, list);
}

/** Returns a page that asks for the code of a sign-in on another device. */
export function codePage(fake: Fake, isWrong: boolean): Promise<WireResponse> {
  const problem = isWrong ? '<p role="alert">That code didn\'t work. Check the code and try again.</p>' : "";
  const input =
    '<label>Code <input name="user_code" autocomplete="off" autofocus></label> <button>Next</button>';
  return personPage(fake, 200, "Enter code", `${problem}<form>${input}</form>`);
}

export function donePage(fake: Fake, heading: string): Promise<WireResponse> {
  return personPage(fake, 200, heading, "<p>You can close this window.</p>");
}

/** Returns a page that says why a sign-in failed, and what to do. */
export function refusalPage(fake: Fake, { status, message, options }: EntraError): Promise<WireResponse> {
  const remedy = options.diagnosis === undefined ? [] : [`${options.diagnosis}.`];
  const paragraphs = [message, ...remedy].map((text) => `<p>${escapeHtml(text)}</p>`);
  return personPage(fake, status, "This sign-in can't go on", paragraphs.join(""));
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

async function policyHash(text: string): Promise<string> {
  return `sha256-${base64(await sha256(text))}`;
}
