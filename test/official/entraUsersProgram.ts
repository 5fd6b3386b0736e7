/**
 * Signs users in with @azure/msal-node and gets a token for each from AzureCommunicationTokenCredential, over https.
 * entraUsers.test.ts runs it with NODE_EXTRA_CA_CERTS set, and passes the sign-ins as JSON.
 */
import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { CryptoProvider, PublicClientApplication } from "@azure/msal-node";
import type { SignIn } from "../testing/entra/exchangeRights.js";

const [url = "", signIns = "[]"] = process.argv.slice(2);
const redirectUri = "http://localhost:3000/auth";

/** Signs in as a browser would that already knows the user. */
async function entraToken({ tenantId, clientId, username }: SignIn, scopes: string[]) {
  const app = new PublicClientApplication({
    auth: { clientId, authority: `${url}/${tenantId}`, knownAuthorities: [new URL(url).host] },
  });
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const request = { scopes, redirectUri };
  const signInUrl = await app.getAuthCodeUrl({
    ...request,
    codeChallenge: challenge,
    codeChallengeMethod: "S256",
    loginHint: username,
  });
  const { headers } = await fetch(signInUrl, { redirect: "manual" });
  const { searchParams } = new URL(headers.get("location") ?? "");
  const code = searchParams.get("code");
  if (code === null) throw new Error(searchParams.get("error_description") ?? "no code");
  const { accessToken, expiresOn } = await app.acquireTokenByCode({
    ...request,
    code,
    codeVerifier: verifier,
  });
  return { token: accessToken, expiresOnTimestamp: expiresOn?.getTime() ?? 0 };
}

const outcomes: { token?: string; error?: string }[] = [];
for (const signIn of JSON.parse(signIns) as SignIn[]) {
  const credential = new AzureCommunicationTokenCredential({
    resourceEndpoint: url,
    scopes: [signIn.scope],
    tokenCredential: { getToken: (scopes) => entraToken(signIn, [scopes].flat()) },
  });
  try {
    outcomes.push({ token: (await credential.getToken()).token });
  } catch (error) {
    outcomes.push({ error: String(error) });
  }
  credential.dispose();
}
console.log(JSON.stringify(outcomes));
