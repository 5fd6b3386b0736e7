import { createTokenRefresher } from "acs-identity/refresher";

/** @type {import("acs-identity/refresher").TokenRefresher | undefined} */
let refresher;
let signInToken = "";
let expiresOn = 0;

for (const { objectId, name } of await (await fetch("dev/users")).json()) {
  const button = document.createElement("button");
  button.textContent = name;
  button.addEventListener("click", () => signIn(objectId));
  element("users").append(button, " ");
}
element("refresh").addEventListener("click", () => refresher?.retry());
element("revoke").addEventListener("click", async () => {
  const { ok } = await fetch("revoke", request());
  report(ok ? "Revoked all tokens" : "The tokens weren't revoked");
  refresher?.retry();
});
setInterval(() => {
  const seconds = Math.round((expiresOn - Date.now()) / 1000);
  if (expiresOn) element("left").textContent = seconds > 0 ? `${seconds} s` : "expired";
}, 500);

/**
 * The app gets its sign-in token from @azure/msal-browser, for example.
 * @param {string} objectId
 */
async function signIn(objectId) {
  refresher?.stop();
  signInToken = await (await fetch(`dev/sign-in/${objectId}`)).text();
  refresher = createTokenRefresher({
    fetchToken: async (signal) => {
      const response = await fetch("token", { ...request(), signal });
      const { user, detail } = await response.clone().json();
      if (user) element("user").textContent = user.communicationUserId;
      if (detail) report(detail);
      return response;
    },
    onToken: ({ expiresOnTimestamp }) => {
      expiresOn = expiresOnTimestamp;
      report("Got a token");
    },
    onFailure: ({ status, message }) => status === undefined && report(message),
  });
  for (const id of ["refresh", "revoke"]) element(id).removeAttribute("disabled");
  refresher.getToken().catch(() => {});
}

/** @returns {RequestInit} */
function request() {
  return { method: "POST", headers: { Authorization: `Bearer ${signInToken}` } };
}

/** @param {string} text */
function report(text) {
  const line = document.createElement("li");
  line.textContent = `${new Date().toLocaleTimeString()} ${text}`;
  element("events").prepend(line);
}

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
