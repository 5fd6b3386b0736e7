import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { CommunicationIdentityClient } from "acs-identity";
import { issueToken } from "./tokens.js";

const answer = { token: "t", expiresOn: new Date(0), user: { communicationUserId: "8:acs:a_b" } };

test("a mock replaces one method of the class", async () => {
  process.env.COMMUNICATION_CONNECTION_STRING = "endpoint=https://a.invalid/;accesskey=AAAA";
  const { prototype } = CommunicationIdentityClient;
  const method = mock.method(prototype, "createUserAndToken", () => Promise.resolve(answer));
  assert.equal(await issueToken(), answer);
  assert.deepEqual(method.mock.calls[0].arguments, [["chat"], { tokenExpiresInMinutes: 60 }]);
  mock.restoreAll();
});
