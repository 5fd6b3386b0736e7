import { TokenKeeper } from "./tokenKeeper.js";

/** Of the sign-in, not of ACS. In memory alone: what lies in a storage is read by every script of the origin. */
let signInToken = "";
let keeper = createKeeper();

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

element("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = new FormData(/** @type {HTMLFormElement} */ (event.target)).get("name");
  // A real app asks the library of its sign-in for this token, for example msal-browser.
  const response = await fetch("dev/sign-in", { method: "POST", body: name });
  if (!response.ok) return report("This service has no development sign-in", true);
  signInToken = (await response.json()).token;
  element("caller").textContent = String(name);
  show({ signedIn: true });
  await keeper.renew("Issued a token");
});

element("sign-out").addEventListener("click", signOut);
element("renew").addEventListener("click", () => keeper.renew("Renewed"));
element("revoke").addEventListener("click", async () => {
  if (!(await call("POST", "api/token/revoke"))) return;
  report("Revoked all tokens");
  await keeper.renew("Issued a new token");
});
element("delete").addEventListener("click", async () => {
  if (!(await call("DELETE", "api/user"))) return;
  report("Deleted the user. The next sign-in creates another.");
  signOut();
});

function signOut() {
  keeper.stop();
  keeper = createKeeper();
  signInToken = "";
  show({ signedIn: false });
}

function createKeeper() {
  return new TokenKeeper({
    fetchToken: () => fetch("api/token", request("POST")),
    onToken({ token, expiresOn, user }, why) {
      element("user").textContent = user.communicationUserId;
      element("token").textContent = `${token.slice(0, 10)}… (${token.length} characters)`;
      element("expires").textContent = expiresOn.toLocaleString();
      report(why);
    },
    onTick({ leftInMs, lifetimeInMs, renewalInMs }) {
      const isStale = leftInMs <= 0;
      element("session").classList.toggle("stale", isStale);
      element("left").textContent = isStale ? "expired" : clockTime(leftInMs);
      element("renewal").textContent = `renews in ${clockTime(renewalInMs)}`;
      element("ring").style.strokeDasharray = `${(100 * Math.max(0, leftInMs)) / lifetimeInMs} 100`;
    },
    onFailure: (message) => report(message, true),
  });
}

/**
 * @param {string} method
 * @param {string} path
 */
async function call(method, path) {
  const response = await fetch(path, request(method)).catch(() => undefined);
  if (response?.ok) return true;
  report(response ? (await response.json()).error.message : "The token service can't be reached", true);
  return false;
}

/** @param {string} method */
function request(method) {
  return { method, headers: { Authorization: `Bearer ${signInToken}` } };
}

/** @param {{ signedIn: boolean }} state */
function show({ signedIn }) {
  element("sign-in").hidden = signedIn;
  element("session").hidden = !signedIn;
}

/**
 * @param {string} text
 * @param {boolean} [isBad]
 */
function report(text, isBad = false) {
  const time = document.createElement("time");
  time.textContent = new Date().toLocaleTimeString();
  const line = document.createElement("li");
  line.classList.toggle("bad", isBad);
  line.append(time, text);
  element("events").prepend(line);
}

/** @param {number} ms */
function clockTime(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
