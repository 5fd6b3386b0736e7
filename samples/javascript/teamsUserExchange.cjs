// Generated from samples/teamsUserExchange.ts by npm run samples: edit that file, or a copy of this one.
/**
 * Signs a Teams user in with msal-node, and exchanges the Entra token for an ACS token. With it, the Calling SDK can
 * make calls as that Teams user.
 *
 * If TENANT_ID, CLIENT_ID and COMMUNICATION_CONNECTION_STRING are set, the user signs in at Entra ID in a browser.
 * There the application needs the permissions Teams.ManageCalls and Teams.ManageChats of Azure Communication
 * Services. AZURE_AUTHORITY_HOST names another authority, such as an emulator's. Otherwise the fake service's own
 * authority signs Alice in, without a browser. Needs `@azure/msal-node`.
 */
const { PublicClientApplication } = require("@azure/msal-node");
const { CommunicationIdentityClient, isRestError } = require("acs-identity");
const { createFakeIdentityService } = require("acs-identity/testing");

async function main() {
  const {
    COMMUNICATION_CONNECTION_STRING: resource,
    TENANT_ID,
    CLIENT_ID,
    AZURE_AUTHORITY_HOST,
  } = process.env;
  const service = createFakeIdentityService();
  const { tenantId, clientId, authorityHost } = resource
    ? {
        tenantId: TENANT_ID ?? "",
        clientId: CLIENT_ID ?? "",
        authorityHost: AZURE_AUTHORITY_HOST ?? "https://login.microsoftonline.com",
      }
    : service.entra;

  const entra = new PublicClientApplication({
    auth: {
      clientId,
      authority: `${authorityHost}/${tenantId}`,
      // Microsoft's own authorities needn't be listed.
      knownAuthorities: [new URL(authorityHost).host],
    },
    ...(resource ? {} : { system: { networkClient: localNetwork() } }),
  });
  const signIn = await entra.acquireTokenInteractive({
    scopes: [
      "https://auth.msft.communication.azure.com/Teams.ManageCalls",
      "https://auth.msft.communication.azure.com/Teams.ManageChats",
    ],
    openBrowser: resource ? async (url) => console.log(`Open ${url}`) : signInWithoutBrowser,
    ...(resource ? {} : { loginHint: "alice@contoso.com" }),
  });
  if (!signIn.account || !signIn.expiresOn) throw new Error("The sign-in returned no account");
  console.log(`Signed in as ${signIn.account.username}`);

  const client = resource
    ? new CommunicationIdentityClient(resource)
    : new CommunicationIdentityClient(service.connectionString, { httpClient: service.httpClient });
  const exchange = {
    teamsUserAadToken: signIn.accessToken,
    clientId,
    // The user's object id in Entra ID: neither the tenant's id nor `sub`.
    userObjectId: signIn.account.localAccountId,
  };
  const { expiresOn } = await client.getTokenForTeamsUser(exchange);
  const differenceInMs = Math.abs(expiresOn.getTime() - signIn.expiresOn.getTime());
  console.log(`Exchanged. Both tokens expire at the same time: ${differenceInMs < 60_000}`);

  // What the service answers to the most common mistakes.
  await refused("The tenant's id for the user's", { ...exchange, userObjectId: tenantId });
  await refused("Another application", { ...exchange, clientId: "7b5f3a4e-0000-4000-8000-00000000000f" });
  await refused("A token for something else", { ...exchange, teamsUserAadToken: signIn.idToken });

  async function refused(what, wrong) {
    try {
      await client.getTokenForTeamsUser(wrong);
      console.log(`${what}: was accepted`);
    } catch (error) {
      if (!isRestError(error)) throw error;
      console.log(`${what}: ${error.statusCode} ${error.code}: ${error.message}`);
    }
  }

  /** Posts the form in the response, as a browser does, to the address where msal-node waits for the code. */
  async function signInWithoutBrowser(url) {
    const html = await (await service.fetch(new Request(url))).text();
    const [, action = ""] = /action="([^"]+)"/.exec(html) ?? [];
    const body = new URLSearchParams();
    for (const [, name = "", value = ""] of html.matchAll(/name="(\w+)" value="([^"]*)"/g))
      body.append(name, value);
    await fetch(action, { method: "POST", body });
  }

  /** Sends msal-node's requests to the fake service. */
  function localNetwork() {
    const send = async (url, init) => {
      const response = await service.fetch(new Request(url, init));
      const { status, headers } = response;
      return { status, headers: Object.fromEntries(headers), body: await response.json() };
    };
    return {
      sendGetRequestAsync: (url) => send(url, {}),
      sendPostRequestAsync: (url, options) =>
        send(url, { method: "POST", headers: options?.headers ?? {}, body: options?.body ?? "" }),
    };
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
