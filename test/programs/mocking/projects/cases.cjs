// What the tests of a project do with the fake. Each project loads the packages in its own way, and passes them.
const assert = require("node:assert/strict");

/** Returns the tests by their names. */
module.exports = ({ CommunicationIdentityClient, testing, http, setupServer }) => {
  const service = testing.createFakeIdentityService();
  const { connectionString, httpClient } = service;
  const issueToken = (options, text = connectionString) =>
    new CommunicationIdentityClient(text, options).createUserAndToken(["chat"], {
      tokenExpiresInMinutes: 60,
    });

  return {
    async "issues a token of the fake that is valid for an hour"() {
      const { token, user } = await issueToken({ httpClient });
      const { valid, userId } = await service.inspectToken(token);
      assert.deepEqual([valid, userId], [true, user.communicationUserId]);
      service.clock.advance({ minutes: 61 });
      assert.equal((await service.inspectToken(token)).problem, "expired");
    },
    async "rejects with the service's error"() {
      const otherKey = connectionString.replace(/accesskey=.*/, "accesskey=AAAA");
      await assert.rejects(issueToken({ httpClient }, otherKey), { statusCode: 401, code: "Denied" });
    },
    async "reaches the handlers of msw through its default transport, and retries after a fault"() {
      const server = setupServer(...testing.identityHandlers(service, http));
      server.listen({ onUnhandledRequest: "error" });
      service.failNext({ status: 503, retryAfterInSeconds: 0 });
      const { token } = await issueToken();
      server.close();
      assert.equal((await service.inspectToken(token)).valid, true);
      assert.equal(service.requests.at(-2).status, 503);
    },
  };
};
