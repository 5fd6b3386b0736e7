import { createTokenRefresher } from "acs-identity/refresher";

createTokenRefresher({
  fetchToken: (signal) => fetch("https://app.example/token", { method: "POST", signal }),
});
