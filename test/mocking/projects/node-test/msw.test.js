import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createFakeIdentityService, identityHandlers } from "acs-identity/testing";
import { http } from "msw";
import { setupServer } from "msw/node";
import { issueToken } from "./tokens.js";

const service = createFakeIdentityService();
const server = setupServer(...identityHandlers(service, http));

before(() => server.listen({ onUnhandledRequest: "error" }));
after(() => server.close());

test("issueToken reaches the handlers through its default transport", async () => {
  process.env.COMMUNICATION_CONNECTION_STRING = service.connectionString;
  const { token } = await issueToken();
  assert.equal((await service.inspectToken(token)).valid, true);
});

test("issueToken retries after a fault", async () => {
  process.env.COMMUNICATION_CONNECTION_STRING = service.connectionString;
  service.failNext({ status: 503, retryAfterInSeconds: 0 });
  assert.match((await issueToken()).user.communicationUserId, /^8:acs:/);
});
