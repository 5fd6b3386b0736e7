// Generated from samples/unitTestWithMsw.ts by npm run samples: edit that file, or a copy of this one.
/**
 * Unit tests of code that creates its own client, so that a test can't pass in the fake's `httpClient`. msw
 * intercepts the requests, and the fake service answers them. Needs `msw` 2 or later.
 *
 *   node --test samples/javascript/unitTestWithMsw.cjs
 */
const assert = require("node:assert/strict");
const { after, before, test } = require("node:test");
const { CommunicationIdentityClient } = require("acs-identity");
const { createFakeIdentityService, identityHandlers } = require("acs-identity/testing");
const { http } = require("msw");
const { setupServer } = require("msw/node");

/** The code under test. In an app it is in a separate file. */
async function registerUser() {
  const client = new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING ?? "");
  const { user, token } = await client.createUserAndToken(["chat", "voip"]);
  return { userId: user.communicationUserId, token };
}

const service = createFakeIdentityService();
const server = setupServer(...identityHandlers(service, http));

before(() => {
  process.env.COMMUNICATION_CONNECTION_STRING = service.connectionString;
  server.listen({ onUnhandledRequest: "error" });
});
after(() => server.close());

test("registers a user that can chat and call", async () => {
  const { userId, token } = await registerUser();
  const inspection = await service.inspectToken(token);
  assert.equal(inspection.userId, userId);
  assert.deepEqual(inspection.scopes, ["chat", "voip"]);
});

test("retries a transient fault", async () => {
  service.failNext({ status: 503, retryAfterInSeconds: 0 });
  assert.match((await registerUser()).userId, /^8:acs:/);
});
