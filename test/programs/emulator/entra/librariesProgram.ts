/**
 * Signs in to an emulator with Microsoft's unmodified libraries, uses each result to get an ACS token, and prints the
 * outcomes. libraries.test.ts runs it with NODE_EXTRA_CA_CERTS and the AZURE_ variables set. With the host of the real
 * authority, nothing is configured but the tenant and the application.
 */
import {
  ClientSecretCredential,
  DefaultAzureCredential,
  EnvironmentCredential,
  ManagedIdentityCredential,
} from "@azure/identity";
import { ConfidentialClientApplication, CryptoProvider, PublicClientApplication } from "@azure/msal-node";
import { CommunicationIdentityClient, type TokenCredential } from "../../../../src/index.js";
import { wellKnownEntra } from "../../../../src/testing/state/entries/principals.js";

const [url = "", connectionString = ""] = process.argv.slice(2);
const {
  AZURE_TENANT_ID: tenantId = "",
  AZURE_CLIENT_ID: clientId = "",
  AZURE_CLIENT_SECRET: clientSecret = "",
  AZURE_AUTHORITY_HOST: authorityHost = "",
} = process.env;
const isOwnHost = new URL(authorityHost).origin === new URL(url).origin;
const discovery = isOwnHost ? { disableInstanceDiscovery: true } : {};
const offline = { ...(isOwnHost && { authorityHost }), ...discovery, retryOptions: { maxRetries: 0 } };
const resource = "https://communication.azure.com//.default";
const teamsScopes = ["https://auth.msft.communication.azure.com/Teams.ManageCalls"];
const auth = {
  clientId,
  authority: `${authorityHost}/${tenantId}`,
  ...(isOwnHost && { knownAuthorities: [new URL(authorityHost).host] }),
};
const confidential = new ConfidentialClientApplication({ auth: { ...auth, clientSecret } });
const redirectUri = "http://localhost:3000/auth";

/** Creates a user and token with a credential. Returns the start of each, or the error. */
async function callWith(credential: TokenCredential): Promise<string> {
  const client = new CommunicationIdentityClient(url, credential, { retryOptions: { maxRetries: 0 } });
  return outcome(async () => {
    const { user, token } = await client.createUserAndToken(["voip"]);
    return `${user.communicationUserId.slice(0, 6)} ${token.slice(0, 2)}`;
  });
}

async function outcome(action: () => Promise<string>): Promise<string> {
  try {
    return await action();
  } catch (error) {
    const { name, message, statusCode, code } = error as Error & { statusCode?: number; code?: string };
    const number = /AADSTS\d+/.exec(message)?.[0];
    return [name, statusCode, code, number].filter((part) => part !== undefined).join(" ");
  }
}

/** Wraps a token from MSAL as a credential. */
function credentialOf(accessToken: string | undefined): TokenCredential {
  return { getToken: async () => ({ token: accessToken ?? "", expiresOnTimestamp: Date.now() + 3_600_000 }) };
}

async function exchange(accessToken: string | undefined, userObjectId: string | undefined): Promise<string> {
  const client = new CommunicationIdentityClient(connectionString);
  const options = { teamsUserAadToken: accessToken ?? "", clientId, userObjectId: userObjectId ?? "" };
  return outcome(async () => (await client.getTokenForTeamsUser(options)).token.slice(0, 2));
}

/** Follows a sign-in URL with a login hint, as a browser does, and returns the authorization code. */
async function codeFrom(signInUrl: string): Promise<string> {
  const response = await fetch(signInUrl, { redirect: "manual" });
  const { searchParams } = new URL(response.headers.get("location") ?? "");
  const code = searchParams.get("code");
  if (code === null) throw new Error(searchParams.get("error_description") ?? "no code");
  return code;
}

async function signInAs(username: string, scopes: string[]) {
  const app = new PublicClientApplication({ auth });
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const code = await codeFrom(
    await app.getAuthCodeUrl({
      scopes,
      redirectUri,
      codeChallenge: challenge,
      codeChallengeMethod: "S256",
      loginHint: username,
    }),
  );
  const signedIn = await app.acquireTokenByCode({ code, codeVerifier: verifier, scopes, redirectUri });
  return { app, signedIn };
}

async function admin(path: string, body: object): Promise<void> {
  const response = await fetch(`${url}/_emulator${path}`, { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(await response.text());
}

const results: Record<string, string> = {};
results.clientSecret = await callWith(new ClientSecretCredential(tenantId, clientId, clientSecret, offline));
results.environment = await callWith(new EnvironmentCredential(discovery));
results.default = await callWith(new DefaultAzureCredential(discovery));

Object.assign(process.env, {
  IDENTITY_ENDPOINT: `${url}/msi/token`,
  IDENTITY_HEADER: "acs-identity-emulator",
});
delete process.env.AZURE_CLIENT_SECRET;
results.environmentAlone = await callWith(new DefaultAzureCredential());
results.appService = await callWith(new ManagedIdentityCredential());
results.appServiceOfClient = await callWith(new ManagedIdentityCredential({ clientId }));
delete process.env.IDENTITY_ENDPOINT;
delete process.env.IDENTITY_HEADER;
process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = url;
// By its object id, because the library keeps the tokens of the identities above.
results.virtualMachine = await callWith(new ManagedIdentityCredential({ objectId: wellKnownEntra.objectId }));

const own = await confidential.acquireTokenByClientCredential({ scopes: [resource] });
results.msalClientCredentials = await callWith(credentialOf(own?.accessToken));

const { app, signedIn } = await signInAs("alice@contoso.com", [resource]);
results.msalCode = await callWith(credentialOf(signedIn.accessToken));
results.username = signedIn.account?.username ?? "";
if (signedIn.account) {
  const renewed = await app.acquireTokenSilent({
    account: signedIn.account,
    scopes: teamsScopes,
    forceRefresh: true,
  });
  results.msalRefresh = await exchange(renewed.accessToken, renewed.uniqueId);
}
const api = await signInAs("alice@contoso.com", [`api://${clientId}/access_as_user`]);
const profile = { oboAssertion: api.signedIn.accessToken, scopes: ["user.read"] };
results.msalUserRead = (await confidential.acquireTokenOnBehalfOf(profile))?.scopes[0] ?? "";
const onBehalf = await confidential.acquireTokenOnBehalfOf({
  oboAssertion: api.signedIn.accessToken,
  scopes: teamsScopes,
});
results.msalOnBehalfOf = await exchange(onBehalf?.accessToken, onBehalf?.uniqueId);

const unknown = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
results.wrongSecret = await callWith(new ClientSecretCredential(tenantId, clientId, "wrong", offline));
results.unknownTenant = await callWith(new ClientSecretCredential(unknown, clientId, clientSecret, offline));
const bob = await signInAs("bob@contoso.com", [resource]);
results.noRole = await callWith(credentialOf(bob.signedIn.accessToken));
const foreign = Buffer.from(JSON.stringify({ alg: "RS256" })).toString("base64url");
results.foreignSignature = await callWith(credentialOf(`${foreign}.${own?.accessToken.split(".")[1]}.c2ln`));
await admin("/entra/applications", { clientId, permissions: [] });
results.noConsent = await outcome(async () => {
  const { signedIn: never } = await signInAs("alice@contoso.com", teamsScopes);
  return never.accessToken;
});
results.noConsentOnBehalf = await outcome(async () => {
  const token = await confidential.acquireTokenOnBehalfOf({
    oboAssertion: api.signedIn.accessToken,
    scopes: [...teamsScopes, "https://auth.msft.communication.azure.com/Teams.ManageChats"],
    skipCache: true,
  });
  return token?.accessToken ?? "";
});

console.log(JSON.stringify(results));
