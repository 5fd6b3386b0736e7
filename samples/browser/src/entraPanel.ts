import { type AccountInfo, PublicClientApplication } from "@azure/msal-browser";
import { CommunicationIdentityClient, type TokenCredential } from "acs-identity";
import { createConsole } from "./console.js";
import { button, createProblemLine, element } from "./dom.js";
import type { EntraSettings, Environment } from "./environment.js";

const resourceScope = "https://communication.azure.com//.default";

/**
 * Shows what a tool for staff does: the page may do whatever the person who is signed in may do in Azure.
 *
 * @returns Whether the browser has just returned from the sign-in.
 */
export async function fillEntraPanel(panel: HTMLElement, { entra }: Environment): Promise<boolean> {
  const problem = createProblemLine();
  const place = element("div");
  panel.append(
    element(
      "p",
      {},
      "The person who signs in needs a role on the ACS resource. The page holds that person's Entra token, for an hour, and no key.",
    ),
    element(
      "p",
      { class: "note" },
      "Here the emulator's own authority signs people in, without a password: Alice has a role, Bob has none.",
    ),
    problem.line,
    place,
  );
  const app = await createApplication(entra);
  const account = await signedInAccount(app, problem.show);
  if (!account) {
    const signIn = () => app.loginRedirect({ scopes: [resourceScope], prompt: "select_account" });
    place.replaceChildren(button("Sign in", signIn, problem.show, "primary"));
    return false;
  }
  const client = new CommunicationIdentityClient(entra.endpoint, createCredential(app, account));
  const signOut = () => app.logoutRedirect({ account });
  place.replaceChildren(
    element("p", {}, `Signed in as ${account.username} `, button("Sign out", signOut, problem.show)),
    createConsole(client),
  );
  return true;
}

async function createApplication({
  authorityHost,
  tenantId,
  clientId,
}: EntraSettings): Promise<PublicClientApplication> {
  const app = new PublicClientApplication({
    auth: {
      clientId,
      authority: `${authorityHost}/${tenantId}`,
      // Microsoft's own authorities needn't be listed.
      knownAuthorities: [new URL(authorityHost).host],
      redirectUri: location.origin,
    },
  });
  await app.initialize();
  return app;
}

async function signedInAccount(
  app: PublicClientApplication,
  onError: (error: unknown) => void,
): Promise<AccountInfo | undefined> {
  try {
    return (await app.handleRedirectPromise())?.account;
  } catch (error) {
    onError(error);
    return undefined;
  }
}

/** MSAL caches and renews the tokens; the client asks for one when it needs one. */
function createCredential(app: PublicClientApplication, account: AccountInfo): TokenCredential {
  return {
    async getToken(scopes) {
      const { accessToken, expiresOn } = await app.acquireTokenSilent({ account, scopes: [scopes].flat() });
      return { token: accessToken, expiresOnTimestamp: expiresOn?.getTime() ?? Date.now() };
    },
  };
}
