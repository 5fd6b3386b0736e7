import type { AccessToken } from "@azure/core-auth";
import { CryptoProvider, PublicClientApplication } from "@azure/msal-node";

const redirectUri = "http://localhost:3000/auth";

/** Signs a user in with @azure/msal-node, as a browser would that already knows the user. */
export async function signIn(
  authority: string,
  clientId: string,
  loginHint: string,
  scopes: string | string[],
): Promise<AccessToken> {
  const knownAuthorities = [new URL(authority).host];
  const app = new PublicClientApplication({ auth: { clientId, authority, knownAuthorities } });
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const request = { scopes: [scopes].flat(), redirectUri };
  const signInUrl = await app.getAuthCodeUrl({
    ...request,
    codeChallenge: challenge,
    codeChallengeMethod: "S256",
    loginHint,
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
