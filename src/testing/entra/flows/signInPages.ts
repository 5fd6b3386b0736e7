import { escapeHtml, htmlResponse, nameHtml } from "../../html/htmlPage.js";
import type { Fake } from "../../service/fake.js";
import type { Application, DirectoryUser } from "../../state/entries/principals.js";
import type { WireResponse } from "../../wire/wire.js";
import type { EntraError } from "../errors/entraError.js";

/** The only script that may run in these pages. */
const submitScript = "document.forms[0].submit()";

/** What a page shows, in safe HTML. */
interface Content {
  /** The title, as text. */
  readonly title: string;
  /** @defaultValue the title */
  readonly heading?: string;
  readonly content: string;
}

/**
 * Returns a page that ends with where a person goes on: at the emulator's own address, since its page has no other.
 */
function personPage(
  { endpoint }: Fake,
  status: number,
  { title, heading = escapeHtml(title), content }: Content,
): Promise<WireResponse> {
  const [entra, help] = ["#/entra", "help#entra-id-errors-of-the-emulator"].map((path) =>
    escapeHtml(endpoint + path),
  );
  return htmlResponse(status, endpoint, {
    title,
    main: `<h1>${heading}</h1>${content}`,
    footer: `<p>This is the emulator of acs-identity, not Microsoft: it asks for no password. Its page has users, applications and what they may do under <a href="${entra}">Entra ID</a>, and its <a href="${help}">help</a> explains errors.</p>`,
    script: submitScript,
  });
}

/** Returns a page with a link for each user, which repeats the parameters with a login hint. */
export function choicePage(
  fake: Fake,
  { name }: Application,
  users: readonly DirectoryUser[],
  parameters: URLSearchParams,
): Promise<WireResponse> {
  const links = users.map((user, index) => {
    const link = new URLSearchParams(parameters);
    link.set("login_hint", user.username);
    link.delete("prompt");
    const facts = [
      user.hasRole ? "role on the resource" : "no role on the resource",
      user.hasTeamsLicense ? "Teams license" : "no Teams license",
    ];
    // Enter picks the first one.
    const focus = index === 0 ? " autofocus" : "";
    return `<li><a href="?${escapeHtml(link.toString())}"${focus}>${nameHtml(user.name)}<small>${nameHtml(user.username)}, ${facts.join(", ")}</small></a></li>`;
  });
  const content =
    links.length > 0
      ? `<p>Who signs in?</p><ul class="choices">${links.join("")}</ul>`
      : "<p>This tenant has no users.</p>";
  return personPage(fake, 200, {
    title: `Sign in to ${name}`,
    heading: `Sign in to ${nameHtml(name)}`,
    content,
  });
}

/**
 * Returns a page that asks for the code of a sign-in on another device.
 * @param wrongCode - What was entered before. Empty if nothing was.
 */
export function codePage(fake: Fake, wrongCode: string): Promise<WireResponse> {
  const isWrong = wrongCode !== "";
  const description = isWrong
    ? ' aria-invalid="true" aria-describedby="hint error"'
    : ' aria-describedby="hint"';
  const error = isWrong
    ? '<p id="error" class="error" role="alert">That code didn\'t work. Check it, or start the sign-in again: codes expire.</p>'
    : "";
  return personPage(fake, 200, {
    title: isWrong ? "That code didn't work" : "Enter code",
    heading: "Enter code",
    content: `<form><label for="code">Code</label><p id="hint"><small>The app or device that you sign in to shows it.</small></p>
<input id="code" name="user_code" value="${escapeHtml(wrongCode)}" autocomplete="off" autocapitalize="characters" spellcheck="false" required autofocus${description}>${error}
<button>Next</button></form>`,
  });
}

export function donePage(fake: Fake, title: string): Promise<WireResponse> {
  return personPage(fake, 200, { title, content: "<p>You can close this window.</p>" });
}

/** Returns a page that says why a sign-in failed, and what to do. */
export function refusalPage(fake: Fake, { status, message, options }: EntraError): Promise<WireResponse> {
  const remedy = options.diagnosis === undefined ? [] : [`${options.diagnosis}.`];
  const paragraphs = [message, ...remedy].map((text) => `<p>${escapeHtml(text)}</p>`);
  return personPage(fake, status, {
    title: "This sign-in can't go on",
    content: `<div class="problem">${paragraphs.join("")}</div>`,
  });
}

/** Returns a page that posts the fields to the URL, at once or, if scripts are off, when its button is clicked. */
export function formPostResponse(
  fake: Fake,
  url: string,
  fields: Readonly<Record<string, string>>,
): Promise<WireResponse> {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  const form = `<form method="post" action="${escapeHtml(url)}">${inputs.join("")}<button autofocus>Continue</button></form>`;
  const content = `<p>This leads back to the app.</p>${form}<script>${submitScript}</script>`;
  return personPage(fake, 200, { title: "Signing in", content });
}
