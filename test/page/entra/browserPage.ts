// The page of browser.test.ts: signs in with @azure/msal-browser, unmodified, and calls the service with the token.
import { PublicClientApplication } from "@azure/msal-browser";
import { CommunicationIdentityClient, type TokenCredential } from "acs-identity";

declare const settings: {
  auth: { clientId: string; authority: string; knownAuthorities?: string[] };
  endpoint: string;
};

const resource = ["https://communication.azure.com//.default"];
const teams = ["https://auth.msft.communication.azure.com/Teams.ManageCalls"];

const app = new PublicClientApplication({
  auth: { ...settings.auth, redirectUri: location.origin },
});
await app.initialize();

async function signedIn(): Promise<object | undefined> {
  const back = await app.handleRedirectPromise();
  if (!back) return void (await app.loginRedirect({ scopes: resource, prompt: "select_account" }));
  const { account } = back;
  const credential: TokenCredential = {
    getToken: async (scopes) => {
      const { accessToken, expiresOn } = await app.acquireTokenSilent({ account, scopes: [scopes].flat() });
      return { token: accessToken, expiresOnTimestamp: expiresOn?.getTime() ?? 0 };
    },
  };
  const client = new CommunicationIdentityClient(settings.endpoint, credential, {
    retryOptions: { maxRetries: 0 },
  });
  const { user } = await client.createUserAndToken(["voip"]);
  const renewed = await app.acquireTokenSilent({ account, scopes: teams, forceRefresh: true });
  return { username: account.username, user: user.communicationUserId, scopes: renewed.scopes };
}

const result = await signedIn().catch((error: Error) => ({ error: `${error.name}: ${error.message}` }));
if (result) document.body.textContent = JSON.stringify(result);
