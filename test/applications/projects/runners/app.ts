// An application in one file: the handler of a server, the component that shows who has signed in, and the test of both.
import { CommunicationIdentityClient } from "@azure/communication-identity";
import { createTokenRefresher } from "@azure/communication-identity/refresher";
import { createFakeIdentityService } from "@azure/communication-identity/testing";

/** The handler: creates a user and a token, unless the browser that asks has gone away. */
function issueToken(client: CommunicationIdentityClient, abortSignal: AbortSignal) {
  return client.createUserAndToken(["chat", "voip"], { abortSignal });
}

/** The component: shows when the token expires, which the refresher gets from the handler. */
async function showExpiry(element: { textContent: string | null }, client: CommunicationIdentityClient) {
  const refresher = createTokenRefresher({ fetchToken: (signal) => issueToken(client, signal) });
  const { token, expiresOnTimestamp } = await refresher.getToken();
  refresher.stop();
  element.textContent = new Date(expiresOnTimestamp).toISOString();
  return token;
}

export async function check(): Promise<void> {
  const service = createFakeIdentityService();
  const client = new CommunicationIdentityClient(service.connectionString, {
    httpClient: service.httpClient,
  });
  const element = "document" in globalThis ? document.createElement("p") : { textContent: "" };
  const token = await showExpiry(element, client);
  if (!(await service.inspectToken(token)).valid) throw new Error("The token isn't valid.");
  if (!/^\d{4}-\d\d-/.test(element.textContent ?? "")) throw new Error("The component shows no date.");
}
