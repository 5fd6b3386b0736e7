// The page of signIn.test.ts: signs in with oidc-client-ts or @azure/msal-browser, calls ACS, renews and signs out.
import { PublicClientApplication } from "@azure/msal-browser";
import { UserManager } from "oidc-client-ts";

declare const settings: { authorityHost: string; tenantId: string; clientId: string; endpoint: string };

const { authorityHost, tenantId, clientId, endpoint } = settings;
const acs = "https://communication.azure.com//.default";
const teams = "https://auth.msft.communication.azure.com/Teams.ManageCalls";
const uri = location.origin + location.pathname;
const { searchParams } = new URL(location.href);
const isSignedOut = sessionStorage.getItem("signedOut") !== null;

/** Creates an ACS user with an Entra token, and returns its id. */
async function createUser(accessToken: string | undefined): Promise<string> {
  const response = await fetch(`${endpoint}/identities?api-version=2023-10-01`, {
    method: "POST",
    headers: { Authorization: `Bearer ${accessToken}` },
  });
  return (await response.json()).identity.id;
}

function show(result: unknown): void {
  document.body.textContent = JSON.stringify(result);
}

async function oidcClient(): Promise<void> {
  const manager = new UserManager({
    authority: `${authorityHost}/${tenantId}/v2.0`,
    client_id: clientId,
    redirect_uri: uri,
    post_logout_redirect_uri: uri,
    scope: `openid profile email offline_access ${acs}`,
    automaticSilentRenew: false,
  });
  if (isSignedOut) return show("signed out");
  if (!searchParams.has("code")) return manager.signinRedirect();
  const user = await manager.signinRedirectCallback();
  const renewed = await manager.signinSilent();
  const users = [await createUser(user.access_token), await createUser(renewed?.access_token)];
  show({ name: user.profile.name, email: user.profile.email, users });
  sessionStorage.setItem("signedOut", "");
  await new Promise((resolve) => addEventListener("click", resolve));
  await manager.signoutRedirect();
}

async function msal(): Promise<void> {
  const app = new PublicClientApplication({
    auth: {
      clientId,
      authority: `${authorityHost}/${tenantId}`,
      knownAuthorities: [new URL(authorityHost).host],
      redirectUri: uri,
      postLogoutRedirectUri: uri,
    },
  });
  await app.initialize();
  const signedIn = await app.handleRedirectPromise();
  if (isSignedOut) return show("signed out");
  const scopes = [acs];
  if (!signedIn) return app.loginRedirect({ scopes: [...scopes, "email"], httpMethod: "POST" });
  const { account, accessToken } = signedIn;
  const renewed = await app.acquireTokenSilent({ account, scopes, forceRefresh: true });
  const other = await app.acquireTokenSilent({ account, scopes: [teams] });
  const profile = await app.acquireTokenSilent({ account, scopes: ["openid", "profile", "email"] });
  const users = [await createUser(accessToken), await createUser(renewed.accessToken)];
  const { email } = account.idTokenClaims ?? {};
  show({
    name: account.name,
    email,
    users,
    scopes: [other.scopes.includes(teams), profile.scopes.length > 0],
  });
  sessionStorage.setItem("signedOut", "");
  await new Promise((resolve) => addEventListener("click", resolve));
  await app.logoutRedirect({ account });
}

await (location.pathname === "/msal" ? msal() : oidcClient()).catch((error: Error) => show(String(error)));
