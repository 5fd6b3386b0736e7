import { type AuthorizeOutcome, authorize, isAllowed, type Redirect } from "../../testing/entra/authorize.js";
import { EntraError } from "../../testing/entra/entraError.js";
import type { ServiceCore } from "../../testing/serviceCore.js";
import type { WireRequest, WireResponse } from "../../testing/wire/wire.js";
import { escapeHtml, formPostResponse, htmlResponse } from "./html.js";

/** Answers a browser that is sent here to sign in or out. Undefined for any other request. */
export async function signInResponse(
  core: ServiceCore,
  request: WireRequest,
): Promise<WireResponse | undefined> {
  const [, tenant = "", endpoint = "", query = ""] =
    /^\/([^/?]+)\/oauth2\/v2\.0\/(authorize|logout)(?:\?(.*))?$/s.exec(request.target) ?? [];
  if (!endpoint || !["GET", "HEAD"].includes(request.method)) return undefined;
  const startedAt = performance.now();
  const log = (response: WireResponse, error?: EntraError) => {
    core.log.add(core.clock.time, request, {
      status: response.status,
      ...(error ? { code: error.error, message: error.message } : {}),
      durationInMs: Math.round((performance.now() - startedAt) * 10) / 10,
    });
    return response;
  };
  const parameters = new URLSearchParams(query);
  if (endpoint === "logout") return log(signedOut(core, parameters));
  try {
    const outcome = await authorize(core, decodeURIComponent(tenant).toLowerCase(), parameters);
    if (core.flush) await core.flush();
    return log(responseTo(outcome, request));
  } catch (error) {
    if (!(error instanceof EntraError)) throw error;
    const page = `<h1>This sign-in can't go on</h1><p>${escapeHtml(error.message)}</p>`;
    return log(htmlResponse(error.status, "Sign-in", page), error);
  }
}

function responseTo(outcome: AuthorizeOutcome, request: WireRequest): WireResponse {
  return "redirect" in outcome ? sendBack(outcome.redirect) : choicePage(outcome, request);
}

/** A link for each user, each the same request with a hint. */
function choicePage(
  { application, users }: Extract<AuthorizeOutcome, { users: unknown }>,
  request: WireRequest,
): WireResponse {
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

function sendBack({ uri, mode, parameters }: Redirect): WireResponse {
  if (mode === "form_post") return formPostResponse(uri, parameters);
  const url = new URL(uri);
  if (mode === "fragment") url.hash = new URLSearchParams(parameters).toString();
  else for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return redirectTo(url.href);
}

/** There is no session to end; only the way back is what counts. */
function signedOut(core: ServiceCore, parameters: URLSearchParams): WireResponse {
  const uri = parameters.get("post_logout_redirect_uri") ?? "";
  const state = parameters.get("state");
  if (!core.entra.directory.applications.some((application) => isAllowed(uri, application))) {
    return htmlResponse(200, "Signed out", "<h1>You are signed out</h1>");
  }
  const url = new URL(uri);
  if (state !== null) url.searchParams.set("state", state);
  return redirectTo(url.href);
}

function redirectTo(url: string): WireResponse {
  return {
    status: 302,
    headers: [
      ["Location", url],
      ["Content-Length", "0"],
      ["Cache-Control", "no-store"],
      ["Referrer-Policy", "no-referrer"],
    ],
    chunked: false,
  };
}
