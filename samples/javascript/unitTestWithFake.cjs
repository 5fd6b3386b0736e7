// Generated from samples/unitTestWithFake.ts by npm run samples: edit that file, or a copy of this one.
/**
 * Unit tests of your own code with the fake service: no network, and no mocks to write or keep up to date.
 *
 *   node --test samples/javascript/unitTestWithFake.cjs
 */
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { CommunicationIdentityClient } = require("acs-identity");
const { createFakeIdentityService } = require("acs-identity/testing");

/** The code under test. In an app it is in a separate file. */
async function signOutEverywhere(client, userId) {
  await client.revokeTokens({ communicationUserId: userId });
  return (await client.getToken({ communicationUserId: userId }, ["chat"])).token;
}

test("revokes the old tokens and returns a new one", async () => {
  const service = createFakeIdentityService();
  const client = new CommunicationIdentityClient(service.connectionString, {
    httpClient: service.httpClient,
  });
  const { user, token } = await client.createUserAndToken(["chat"]);
  const fresh = await signOutEverywhere(client, user.communicationUserId);
  assert.equal((await service.inspectToken(token)).problem, "revoked");
  assert.ok((await service.inspectToken(fresh)).valid);
});

/** Blocks a user in the app itself, too, since a revoked token can be valid for another 15 minutes. */
const blocked = new Set();

async function block(client, userId) {
  blocked.add(userId);
  await client.revokeTokens({ communicationUserId: userId });
}

/** What the app's own routes ask before they do anything for a user. */
function mayUse(userId) {
  return !blocked.has(userId);
}

test("keeps a blocked user out while the revocation of its tokens takes its time", async () => {
  const service = createFakeIdentityService({ revocationDelayInSeconds: 900 });
  const client = new CommunicationIdentityClient(service.connectionString, {
    httpClient: service.httpClient,
  });
  const { user, token } = await client.createUserAndToken(["chat"]);
  await block(client, user.communicationUserId);
  assert.ok((await service.inspectToken(token)).valid);
  assert.equal(mayUse(user.communicationUserId), false);
  service.clock.advance({ minutes: 15 });
  assert.equal((await service.inspectToken(token)).problem, "revoked");
});

test("rejects if the service is down", async () => {
  const service = createFakeIdentityService();
  const client = new CommunicationIdentityClient(service.connectionString, {
    httpClient: service.httpClient,
    retryOptions: { maxRetries: 0 },
  });
  service.failNext({ status: 503 });
  await assert.rejects(signOutEverywhere(client, "8:acs:alice"), { name: "RestError", statusCode: 503 });
});
