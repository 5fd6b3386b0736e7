// The newest msw that Jest can require before Node 24.9: later versions depend on packages that are ES modules only.
const { createFakeIdentityService, identityHandlers } = require("acs-identity/testing");
const { http } = require("msw-2.10");
const { setupServer } = require("msw-2.10/node");
const { issueToken } = require("./tokens");

const service = createFakeIdentityService();
const server = setupServer(...identityHandlers(service, http));

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterAll(() => server.close());

it("issueToken reaches the handlers through its default transport", async () => {
  process.env.COMMUNICATION_CONNECTION_STRING = service.connectionString;
  const { token } = await issueToken();
  expect((await service.inspectToken(token)).valid).toBe(true);
});

it("issueToken retries after a fault", async () => {
  process.env.COMMUNICATION_CONNECTION_STRING = service.connectionString;
  service.failNext({ status: 503, retryAfterInSeconds: 0 });
  expect((await issueToken()).user.communicationUserId).toMatch(/^8:acs:/);
});
