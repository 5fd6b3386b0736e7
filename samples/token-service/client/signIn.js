/**
 * Signs in by redirect, with PKCE. Only for the development page: apps should use `@azure/msal-browser`, which also
 * keeps sessions but refuses an authority without https.
 *
 * @typedef {{ authority: string, clientId: string, scope: string, teamsScope: string }} SignInSettings
 * @typedef {{ accessToken: string, refreshToken: string, name: string }} Session
 */

/** @param {SignInSettings} settings */
export async function redirectToSignIn({ authority, clientId, scope }) {
  const verifier = randomText();
  const state = randomText();
  sessionStorage.setItem("sign-in", JSON.stringify({ verifier, state }));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const parameters = new URLSearchParams({
    client_id: clientId,
    response_type: "code",
    redirect_uri: redirectUri(),
    scope: `openid profile offline_access ${scope}`,
    state,
    code_challenge: base64Url(new Uint8Array(digest)),
    code_challenge_method: "S256",
    prompt: "select_account",
  });
  location.assign(`${authority}/oauth2/v2.0/authorize?${parameters}`);
}

/**
 * Returns the session if the page was just redirected back from a sign-in.
 * @param {SignInSettings} settings
 * @returns {Promise<Session | undefined>}
 */
export async function finishSignIn(settings) {
  const answer = new URLSearchParams(location.search);
  const code = answer.get("code");
  const { verifier, state } = JSON.parse(sessionStorage.getItem("sign-in") ?? "{}");
  sessionStorage.removeItem("sign-in");
  history.replaceState(undefined, "", location.pathname);
  if (!code || !state || answer.get("state") !== state) return undefined;
  const tokens = await askForTokens(settings, {
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri(),
    code_verifier: verifier,
  });
  const claims = JSON.parse(new TextDecoder().decode(fromBase64Url(tokens.id_token.split(".")[1])));
  return { accessToken: tokens.access_token, refreshToken: tokens.refresh_token, name: claims.name };
}

/**
 * Returns an Entra token of the Teams user, for the exchange.
 * @param {SignInSettings} settings
 * @param {Session} session
 * @returns {Promise<string>}
 */
export async function getTeamsUserToken(settings, { refreshToken }) {
  const { access_token } = await askForTokens(settings, {
    grant_type: "refresh_token",
    refresh_token: refreshToken,
    scope: settings.teamsScope,
  });
  return access_token;
}

/**
 * @param {SignInSettings} settings
 * @param {Record<string, string>} grant
 */
async function askForTokens({ authority, clientId }, grant) {
  const body = new URLSearchParams({ client_id: clientId, ...grant });
  const response = await fetch(`${authority}/oauth2/v2.0/token`, { method: "POST", body });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error_description ?? "The sign-in failed");
  return answer;
}

function redirectUri() {
  return location.origin + location.pathname;
}

function randomText() {
  return base64Url(crypto.getRandomValues(new Uint8Array(32)));
}

/** @param {Uint8Array} bytes */
function base64Url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
}

/** @param {string} text */
function fromBase64Url(text) {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
