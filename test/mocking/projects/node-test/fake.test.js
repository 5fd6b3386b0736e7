import assert from "node:assert/strict";
import { test } from "node:test";
import { createFakeIdentityService } from "acs-identity/testing";
import { issueToken } from "./tokens.js";

const service = createFakeIdentityService();

test("issueToken gets a token from the fake that is valid for an hour", async () => {
  process.env.COMMUNICATION_CONNECTION_STRING = service.connectionString;
  const { token, user } = await issueToken({ httpClient: service.httpClient });
  const { valid, userId } = await service.inspectToken(token);
  assert.deepEqual([valid, userId], [true, user.communicationUserId]);
  service.clock.advance({ minutes: 61 });
  assert.equal((await service.inspectToken(token)).problem, "expired");
});

test("issueToken rejects with the service's error", async () => {
  process.env.COMMUNICATION_CONNECTION_STRING = service.connectionString.replace(
    /accesskey=.*/,
    "accesskey=AAAA",
  );
  await assert.rejects(issueToken({ httpClient: service.httpClient }), { statusCode: 401, code: "Denied" });
});
