import type { Fake } from "../../service/fake.js";
import type { Application, DirectoryUser } from "../../state/entries/principals.js";
import type { WireResponse } from "../../wire/wire.js";
import { authorityRemedyFor } from "../errors/authorityRemedies.js";
import { EntraError, shortened, userNotFound } from "../errors/entraError.js";
import { checkConsent } from "../request/consent.js";
import {
  type EntraRequest,
  isInTenant,
  requestedApplication,
  requestedScopes,
  requiredParameter,
  usersInTenant,
} from "../request/entraRequest.js";
import type { RequestedScopes } from "../request/scopes.js";
import { signIdToken } from "../tokens/tokenResponse.js";
import { challengeIn, createCode } from "./authorizationCode.js";
import { isAllowedRedirect, type Redirect, redirectResponse } from "./redirect.js";
import { choicePage } from "./signInPages.js";

/** What the authorization endpoint can be asked for, with the words in the order of the alphabet. */
export const responseTypes: readonly string[] = ["code", "id_token", "code id_token"];

export const responseModes: readonly string[] = ["query", "fragment", "form_post"];

/** `create` is for the tenants of customers, where it offers a new account. */
const prompts: readonly string[] = ["login", "none", "consent", "select_account", "create"];

/** Redirects a browser that wants to sign in, or shows a choice of users. @throws EntraError. */
export async function signIn(fake: Fake, request: EntraRequest): Promise<WireResponse> {
  const outcome = await authorize(fake, request);
  return "redirect" in outcome
    ? redirectResponse(fake, outcome.redirect)
    : choicePage(fake, outcome.application, outcome.users, request.parameters);
}

/** The next step of a sign-in: a redirect to the application, or a choice of users. */
export type AuthorizeOutcome =
  | { readonly redirect: Redirect }
  | { readonly application: Application; readonly users: readonly DirectoryUser[] };

/**
 * Handles a request to the authorization endpoint. A `login_hint` that names a user signs that user in without a
 * password, unless `prompt` asks for a choice.
 * @throws EntraError if the tenant, application or redirect URI isn't valid. Other errors become a redirect.
 */
export async function authorize(fake: Fake, request: EntraRequest): Promise<AuthorizeOutcome> {
  const { parameters: query } = request;
  const application = requestedApplication(fake, request);
  const uri = requestedRedirectUri(query, application);
  const responseType = query.get("response_type")?.split(" ").sort().join(" ") ?? "code";
  const mode = requestedResponseMode(query, responseType);
  const state = query.get("state");
  const redirect = (parameters: Redirect["parameters"]): AuthorizeOutcome => ({
    redirect: { uri, mode, parameters: { ...parameters, ...(state ? { state } : {}) } },
  });
  try {
    const asked = askedSignIn(fake, query, application, responseType);
    const user = hintedUser(fake, request);
    if (!user) return { application, users: usersInTenant(fake, request.tenant) };
    return redirect(await codeAndIdToken(fake, request, application, uri, asked, user));
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

/** @throws EntraError if the application has no such redirect URI. */
function requestedRedirectUri(query: URLSearchParams, application: Application): string {
  const { clientId, redirectUris } = application;
  const uri = query.get("redirect_uri") ?? redirectUris[0];
  if (uri !== undefined && isAllowedRedirect(uri, application)) return uri;
  throw new EntraError(
    "invalid_request",
    uri === undefined
      ? `AADSTS500113: No reply address is registered for the application '${clientId}'.`
      : `AADSTS50011: The redirect URI '${shortened(uri)}' specified in the request does not match the redirect URIs configured for the application '${clientId}'.`,
  );
}

/** Only codes may stand in a query, which servers log. */
function requestedResponseMode(query: URLSearchParams, responseType: string): Redirect["mode"] {
  const mode = query.get("response_mode");
  if (mode === "fragment" || mode === "form_post") return mode;
  return responseType === "code" ? "query" : "fragment";
}

/** What an application asks for, whoever signs in. */
interface AskedSignIn {
  readonly responseType: string;
  readonly scope: string;
  readonly scopes: RequestedScopes;
  readonly nonce: string | undefined;
  readonly challenge: string | undefined;
}

/** @throws EntraError if a parameter isn't valid. */
function askedSignIn(
  fake: Fake,
  query: URLSearchParams,
  application: Application,
  responseType: string,
): AskedSignIn {
  requiredParameter(query, "response_type");
  checkChoice(query, "prompt", prompts, "invalid_request", 90023);
  checkChoice(query, "response_mode", responseModes, "unsupported_response_mode", 70007);
  const scope = requiredParameter(query, "scope");
  const scopes = requestedScopes(fake, scope, application);
  const challenge = challengeIn(query);
  if (!responseTypes.includes(responseType)) throw unsupportedResponseType(responseType);
  if (responseType.endsWith("id_token")) checkIdToken(query, application);
  return { responseType, scope, scopes, nonce: query.get("nonce") ?? undefined, challenge };
}

/** @throws EntraError if a parameter that isn't omitted has none of its values. */
function checkChoice(
  query: URLSearchParams,
  name: string,
  values: readonly string[],
  code: string,
  aadstsNumber: number,
): void {
  const value = query.get(name);
  if (value === null || values.includes(value)) return;
  throw new EntraError(
    code,
    `AADSTS${aadstsNumber}: '${shortened(value)}' is not a supported value of '${name}'. Use ${values.join(", ")}.`,
  );
}

/** @throws EntraError if the request can't have an ID token. */
function checkIdToken(query: URLSearchParams, { enableIdTokenIssuance }: Application): void {
  if (!enableIdTokenIssuance) {
    throw unsupportedResponseType(
      "id_token",
      `Its enableIdTokenIssuance is false. ${authorityRemedyFor(700054)}.`,
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

/**
 * Returns the user of the `login_hint`, or undefined if somebody has to choose one.
 * @throws EntraError if the user is of another tenant, or nobody may be asked to choose.
 */
function hintedUser(fake: Fake, { tenant, parameters }: EntraRequest): DirectoryUser | undefined {
  const prompt = parameters.get("prompt") ?? "";
  const asksAgain = ["login", "select_account"].includes(prompt);
  const user = asksAgain ? undefined : fake.entra.directory.userByName(parameters.get("login_hint") ?? "");
  if (!user && prompt === "none") {
    throw new EntraError(
      "login_required",
      "AADSTS50058: A silent sign-in request was sent but no user is signed in. This authority keeps no sessions: send a login_hint.",
    );
  }
  if (user && !isInTenant(user, tenant)) throw userNotFound(user.username, tenant);
  return user;
}

/** Returns what the response type asks for, as parameters of the redirect. @throws EntraError if there is no consent. */
async function codeAndIdToken(
  fake: Fake,
  { authorityHost }: EntraRequest,
  application: Application,
  redirectUri: string,
  { responseType, scope, scopes, nonce, challenge }: AskedSignIn,
  user: DirectoryUser,
): Promise<Redirect["parameters"]> {
  checkConsent(fake, scopes.resources, application, user.tenantId);
  const { clientId } = application;
  const code = responseType.startsWith("code")
    ? await createCode(fake, { clientId, objectId: user.objectId, redirectUri, scope, nonce, challenge })
    : undefined;
  const idToken = { authorityHost, application, user, openId: scopes.openId, nonce, code };
  return {
    ...(code !== undefined && { code }),
    ...(responseType.endsWith("id_token") && { id_token: await signIdToken(fake, idToken) }),
  };
}

function unsupportedResponseType(
  responseType: string,
  reason: string = "This authority issues codes and ID tokens.",
): EntraError {
  const aadstsNumber = responseType.split(" ").includes("token") ? 700051 : 700054;
  return new EntraError(
    "unsupported_response_type",
    `AADSTS${aadstsNumber}: response_type '${shortened(responseType)}' is not enabled for the application. ${reason}`,
  );
}
