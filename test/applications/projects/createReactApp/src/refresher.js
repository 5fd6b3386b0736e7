import { createTokenRefresher } from "@azure/communication-identity/refresher";

async function getToken({ createTokenRefresher }) {
  const fetchToken = async () => ({ token: "a token", expiresInSeconds: 3600 });
  return (await createTokenRefresher({ fetchToken }).getToken()).token;
}

const required = require("@azure/communication-identity/refresher");
export const tokens = Promise.all([getToken({ createTokenRefresher }), getToken(required)]);
