import { createTokenRefresher } from "/refresher/index.js";

const form = document.getElementById("sign-in");
const signOut = document.getElementById("sign-out");
const status = document.querySelector("[role=status]");
let refresher;

async function start() {
  refresher = createTokenRefresher({
    fetchToken: (signal) => fetch("/token", { method: "POST", signal }),
    onToken: ({ user, expiresOnTimestamp }) => {
      status.textContent = `${user.communicationUserId} has a token until ${new Date(expiresOnTimestamp).toLocaleString()}.`;
    },
    onFailure: (error) => {
      status.textContent = error.status === 401 ? "Nobody is signed in." : `No token: ${error.message}`;
    },
  });
  // A calling SDK takes refresher.tokenRefresher: docs/refresher.md.
  const isSignedIn = await refresher.getToken().then(
    () => true,
    () => false,
  );
  form.hidden = isSignedIn;
  signOut.hidden = !isSignedIn;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = JSON.stringify(Object.fromEntries(new FormData(form)));
  const headers = { "Content-Type": "application/json" };
  const { ok } = await fetch("/sign-in", { method: "POST", headers, body });
  if (!ok) return;
  refresher.stop();
  await start();
});

signOut.addEventListener("click", async () => {
  await fetch("/sign-out", { method: "POST" });
  refresher.stop();
  await start();
});

await start();
