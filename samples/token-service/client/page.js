import { createTokenRefresher } from "acs-identity/refresher";
import { finishSignIn, getTeamsUserToken, redirectToSignIn } from "./signIn.js";

const settings = await (await fetch("dev/settings.json")).json();
const session = await finishSignIn(settings).catch((error) => report(error.message, true));
/** @type {import("acs-identity/refresher").RefreshedToken | undefined} */
let current;

element("start").addEventListener("click", () => redirectToSignIn(settings));
element("sign-in").hidden = session !== undefined;
element("session").hidden = session === undefined;
if (session) keepToken(session);

/** @param {import("./signIn.js").Session} session */
function keepToken(session) {
  element("caller").textContent = session.name;
  const headers = { Authorization: `Bearer ${session.accessToken}` };
  const refresher = createTokenRefresher({
    fetchToken: async (signal) => {
      const response = await fetch("token", { method: "POST", headers, signal });
      const { user, detail } = await response.clone().json();
      if (user) element("user").textContent = user.communicationUserId;
      if (detail) report(detail, true);
      return response;
    },
    onToken: (token) => {
      current = token;
      show(token);
      report("Got a token");
    },
    onFailure: ({ status, message }) => status === undefined && report(message, true),
  });
  refresher.getToken().catch(() => {});
  setInterval(tick, 1000);

  element("refresh").addEventListener("click", () => refresher.retry());
  element("sign-out").addEventListener("click", () => {
    refresher.stop();
    location.reload();
  });
  element("revoke").addEventListener("click", async () => {
    if (!(await call("revoke", { method: "POST", headers }))) return;
    report("Revoked all tokens");
    refresher.retry();
  });
  element("teams").addEventListener("click", async () => {
    const teamsToken = await getTeamsUserToken(settings, session);
    const teams = { method: "POST", headers: { ...headers, "Teams-User-Aad-Token": teamsToken } };
    const response = await call("token/teams", teams);
    if (response)
      report(
        `Exchanged: a Teams token until ${new Date((await response.json()).expiresOn).toLocaleTimeString()}`,
      );
  });
  element("delete").addEventListener("click", async () => {
    if (!(await call("user", { method: "DELETE", headers }))) return;
    refresher.stop();
    current = undefined;
    element("session").hidden = true;
    element("sign-in").hidden = false;
    report("Deleted the user. The next sign-in creates another one.");
  });
}

/**
 * @param {string} path
 * @param {RequestInit} init
 */
async function call(path, init) {
  const response = await fetch(path, init).catch(() => undefined);
  if (response?.ok) return response;
  report(response ? (await response.json()).detail : "The token service can't be reached.", true);
  return undefined;
}

/** @param {import("acs-identity/refresher").RefreshedToken} token */
function show({ token, expiresOnTimestamp }) {
  element("token").textContent = `${token.slice(0, 10)}… (${token.length} characters)`;
  element("expires").textContent = new Date(expiresOnTimestamp).toLocaleString();
  tick();
}

function tick() {
  if (!current) return;
  const left = current.expiresOnTimestamp - Date.now();
  element("session").classList.toggle("stale", left <= 0);
  element("left").textContent = left > 0 ? clockTime(left) : "expired";
  element("ring").style.strokeDasharray = `${Math.min(100, Math.max(0, left / 36_000))} 100`;
}

/**
 * @param {string} text
 * @param {boolean} [isBad]
 * @returns {undefined}
 */
function report(text, isBad = false) {
  const time = document.createElement("time");
  time.textContent = new Date().toLocaleTimeString();
  const line = document.createElement("li");
  line.classList.toggle("bad", isBad);
  line.append(time, text);
  element("events").prepend(line);
}

/** @param {number} milliseconds */
function clockTime(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
