/** Bundled into a page by mswBrowser.test.ts: msw's service worker, the fake, and this package's own client. */

import { CommunicationIdentityClient } from "acs-identity";
import { createFakeIdentityService, identityHandlers } from "acs-identity/testing";
import { http } from "msw";
import { setupWorker } from "msw/browser";

async function story(): Promise<object> {
  const service = createFakeIdentityService();
  const worker = setupWorker(...identityHandlers(service, http));
  await worker.start({ onUnhandledRequest: "error", quiet: true });
  const client = new CommunicationIdentityClient(service.endpoint, { key: service.accessKey });
  const { user, token } = await client.createUserAndToken(["chat"]);
  await client.revokeTokens(user);
  const { problem } = await service.inspectToken(token);
  const unknown = await fetch(new URL("/unknown", service.endpoint));
  service.failNext({ drop: "before" });
  const dropped = await fetch(new URL("/identities", service.endpoint), { method: "POST" }).catch(
    (error: Error) => error.name,
  );
  worker.stop();
  const statuses = service.requests.map(({ status }) => status ?? "dropped");
  return {
    user: user.communicationUserId.slice(0, 6),
    problem,
    unknown: unknown.status,
    dropped,
    statuses,
  };
}

declare global {
  var result: Promise<object>;
}

globalThis.result = story();
