import type { Fake } from "../../service/fake.js";
import type { Application, DirectoryUser } from "../../state/entries/principals.js";
import type { WireResponse } from "../../wire/wire.js";
import { cut, EntraError, userNotFound } from "../errors/entraError.js";
import { remedyForNumber } from "../errors/remedies.js";
import {
  type EntraRequest,
  isInTenant,
  requestedApplication,
  requestedScopes,
  requiredParameter,
} from "../request/entraRequest.js";
import { consentedPermissions, signIdToken } from "../tokens/tokenResponse.js";
import { challengeIn, createCode } from "./authorizationCode.js";
import { choicePage, donePage, formPostResponse } from "./html.js";

/** Redirects a browser that wants to sign in, or shows a choice of users. @throws EntraError. */
export async function signIn(fake: Fake, request: EntraRequest): Promise<WireResponse> {
  const outcome = await authorize(fake, request);
  return "redirect" in outcome
    ? redirectResponse(fake, outcome.redirect)
    : choicePage(fake, outcome.application, outcome.users, request.parameters);
}

/** There is no session to end, so this only redirects back to the app if it may. */
export async function signOut(fake: Fake, { parameters }: EntraRequest): Promise<WireResponse> {
  const uri = parameters.get("post_logout_redirect_uri") ?? "";
  const state = parameters.get("state");
  if (!fake.entra.directory.applications.some((application) => isAllowed(uri, application))) {
    return donePage(fake, "You are signed out");
  }
  const url = new URL(uri);
  if (state !== null) url.searchParams.set("state", state);
  return foundResponse(url.href);
}

/** Where and how a sign-in redirects the browser. */
export interface Redirect {
  readonly uri: string;
  readonly mode: "query" | "fragment" | "form_post";
  readonly parameters: Readonly<Record<string, string>>;
}

async function redirectResponse(fake: Fake, { uri, mode, parameters }: Redirect): Promise<WireResponse> {
  if (mode === "form_post") return formPostResponse(fake, uri, parameters);
  const url = new URL(uri);
  if (mode === "fragment") url.hash = new URLSearchParams(parameters).toString();
  else for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return foundResponse(url.href);
}

function foundResponse(url: string): WireResponse {
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

/** The next step of a sign-in: a redirect to the application, or a choice of users. */
export type AuthorizeOutcome =
  | { readonly redirect: Redirect }
  | { readonly application: Application; readonly users: readonly DirectoryUser[] };

/** What the authorization endpoint can be asked for, with the words in the order of the alphabet. */
export const responseTypes: readonly string[] = ["code", "id_token", "code id_token"];

export const responseModes: readonly string[] = ["query", "fragment", "form_post"];
/** `create` is for the tenants of customers, where it offers a new account. */
const prompts: readonly string[] = ["login", "none", "consent", "select_account", "create"];

/**
 * Handles a request to the authorization endpoint. A `login_hint` that names a user signs that user in without a
 * password, unless `prompt` asks for a choice.
 * @throws EntraError if the tenant, application or redirect URI isn't valid. Other errors become a redirect.
 */
export async function authorize(fake: Fake, request: EntraRequest): Promise<AuthorizeOutcome> {
  const { tenant, authorityHost, parameters: query } = request;
  const application = requestedApplication(fake, request);
  const { clientId } = application;
  const uri = query.get("redirect_uri") ?? application.redirectUris[0];
  if (uri === undefined || !isAllowed(uri, application)) {
    throw new EntraError(
      "invalid_request",
      uri === undefined
        ? `AADSTS500113: No reply address is registered for the application '${clientId}'.`
        : `AADSTS50011: The redirect URI '${cut(uri)}' specified in the request does not match the redirect URIs configured for the application '${clientId}'.`,
    );
  }
  const prompt = query.get("prompt");
  const responseType = query.get("response_type")?.split(" ").sort().join(" ") ?? "code";
  const mode = requestedResponseMode(query, responseType);
  const state = query.get("state");
  const redirect = (parameters: Redirect["parameters"]): AuthorizeOutcome => ({
    redirect: { uri, mode, parameters: { ...parameters, ...(state ? { state } : {}) } },
  });

  const nextStep = async (): Promise<AuthorizeOutcome> => {
    requiredParameter(query, "response_type");
    checkChoice("prompt", prompt, prompts, "invalid_request", "AADSTS90023");
    checkChoice(
      "response_mode",
      query.get("response_mode"),
      responseModes,
      "unsupported_response_mode",
      "AADSTS70007",
    );
    const scope = requiredParameter(query, "scope");
    const { openId, resources } = requestedScopes(fake, scope, application);
    const nonce = query.get("nonce") ?? undefined;
    const challenge = challengeIn(query);
    if (!responseTypes.includes(responseType)) throw unsupportedResponseType(responseType);
    const withIdToken = responseType.endsWith("id_token");
    if (withIdToken) checkIdToken(query, application);
    const users = fake.entra.directory.users.filter((user) => isInTenant(user, tenant));
    const asksAgain = ["login", "select_account"].includes(prompt ?? "");
    const user = asksAgain ? undefined : fake.entra.directory.userByName(query.get("login_hint") ?? "");
    if (!user) {
      if (prompt !== "none") return { application, users };
      throw new EntraError(
        "login_required",
        "AADSTS50058: A silent sign-in request was sent but no user is signed in. This authority keeps no sessions: send a login_hint.",
      );
    }
    if (!isInTenant(user, tenant)) throw userNotFound(user.username, tenant);
    for (const resource of resources) consentedPermissions(fake, resource, application, user.tenantId);
    const content = { clientId, objectId: user.objectId, redirectUri: uri, scope, nonce, challenge };
    const code = responseType === "id_token" ? undefined : await createCode(fake, content);
    const signedIn = { authorityHost, application, user, openId, nonce, code };
    return redirect({
      ...(code !== undefined && { code }),
      ...(withIdToken && { id_token: await signIdToken(fake, signedIn) }),
    });
  };

  try {
    return await nextStep();
  } catch (error) {
    if (!(error instanceof EntraError)) throw error;
    const { message: error_description, suberror } = error;
    return redirect({
      // The token endpoint reports missing consent as an invalid grant, but this endpoint has its own error for it.
      error: suberror ?? error.code,
      error_description,
      ...(suberror === undefined ? {} : { suberror }),
    });
  }
}

/** @throws EntraError if a parameter has none of its values. It may be omitted. */
function checkChoice(
  name: string,
  value: string | null,
  values: readonly string[],
  code: string,
  number: string,
): void {
  if (value === null || values.includes(value)) return;
  throw new EntraError(
    code,
    `${number}: '${cut(value)}' is not a supported value of '${name}'. Use ${values.join(", ")}.`,
  );
}

/** @throws EntraError if the request can't have an ID token. */
function checkIdToken(query: URLSearchParams, { enableIdTokenIssuance }: Application): void {
  if (!enableIdTokenIssuance) {
    throw unsupportedResponseType(
      "id_token",
      `Its enableIdTokenIssuance is false. ${remedyForNumber(700054)}.`,
    );
  }
  if (query.get("response_mode") === "query") {
    throw new EntraError(
      "unsupported_response_mode",
      "AADSTS70007: 'query' is not a supported value of 'response_mode' when requesting a token.",
    );
  }
  if (!query.has("nonce")) {
    throw new EntraError("invalid_request", "AADSTS140000: Request nonce is not provided.");
  }
}

/** Allows redirects to a loopback address or a registered URI only, so that no code goes anywhere else. */
function isAllowed(uri: string, { redirectUris }: Application): boolean {
  if (redirectUris.includes(uri)) return true;
  if (!URL.canParse(uri)) return false;
  const { protocol, hostname } = new URL(uri);
  return (
    ["http:", "https:"].includes(protocol) &&
    /^(?:localhost|[\w-]+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)
  );
}

/** Only codes may stand in a query, which servers log. */
function requestedResponseMode(query: URLSearchParams, responseType: string): Redirect["mode"] {
  const mode = query.get("response_mode");
  if (mode === "fragment" || mode === "form_post") return mode;
  return responseType === "code" ? "query" : "fragment";
}

function unsupportedResponseType(
  responseType: string,
  reason: string = "This authority issues codes and ID tokens.",
): EntraError {
  const number = responseType.split(" ").includes("token") ? 700051 : 700054;
  return new EntraError(
    "unsupported_response_type",
    `AADSTS${number}: response_type '${cut(responseType)}' is not enabled for the application. ${reason}`,
  );
}
