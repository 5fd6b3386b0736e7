import { entraResponse } from "../../testing/entra/authority.js";
import {
  type AuthorizeOutcome,
  authorize,
  foundResponse,
  isAllowed,
  redirectResponse,
} from "../../testing/entra/authorize.js";
import { escapeHtml, htmlResponse, refusalPage } from "../../testing/entra/html.js";
import type { ServiceCore } from "../../testing/serviceCore.js";
import type { WireRequest, WireResponse } from "../../testing/wire/wire.js";

/** Answers a browser that was redirected here to sign in or out. Returns undefined for any other request. */
export async function signInResponse(
  core: ServiceCore,
  request: WireRequest,
): Promise<WireResponse | undefined> {
  const [, tenant = "", endpoint = "", query = ""] =
    /^\/([^/?]+)\/oauth2\/v2\.0\/(authorize|logout)(?:\?(.*))?$/s.exec(request.target) ?? [];
  if (!endpoint || !["GET", "HEAD"].includes(request.method)) return undefined;
  const parameters = new URLSearchParams(query);
  return entraResponse(
    core,
    request,
    async () =>
      endpoint === "logout"
        ? signedOut(core, parameters)
        : responseTo(await authorize(core, tenant.toLowerCase(), parameters), request),
    refusalPage,
  );
}

function responseTo(outcome: AuthorizeOutcome, request: WireRequest): Promise<WireResponse> {
  return "redirect" in outcome ? redirectResponse(outcome.redirect) : choicePage(outcome, request);
}

/** Shows a link for each user, which repeats the request with a login hint. */
function choicePage(
  { application, users }: Extract<AuthorizeOutcome, { users: unknown }>,
  request: WireRequest,
): Promise<WireResponse> {
  const links = users.map(({ username, name, hasRole, hasTeamsLicense }) => {
    const link = new URL(request.target, "http://host");
    link.searchParams.set("login_hint", username);
    link.searchParams.delete("prompt");
    const facts = [
      username,
      hasRole ? "role on the resource" : "no role on the resource",
      hasTeamsLicense ? "Teams license" : "no Teams license",
    ];
    return `<li><a href="${escapeHtml(link.pathname + link.search)}">${escapeHtml(name)}<small>${escapeHtml(facts.join(", "))}</small></a></li>`;
  });
  const list = links.length > 0 ? `<ul>${links.join("")}</ul>` : "<p>This tenant has no users.</p>";
  const heading = `<h1>Sign in to ${escapeHtml(application.name)}</h1>`;
  return htmlResponse(200, "Sign in", `${heading}<p>The emulator asks for no password.</p>${list}`);
}

/** There is no session to end, so this only redirects back to the app if it may. */
function signedOut(core: ServiceCore, parameters: URLSearchParams): WireResponse | Promise<WireResponse> {
  const uri = parameters.get("post_logout_redirect_uri") ?? "";
  const state = parameters.get("state");
  if (!core.entra.directory.applications.some((application) => isAllowed(uri, application))) {
    return htmlResponse(200, "Signed out", "<h1>You are signed out</h1>");
  }
  const url = new URL(uri);
  if (state !== null) url.searchParams.set("state", state);
  return foundResponse(url.href);
}
