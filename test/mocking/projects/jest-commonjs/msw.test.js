// The newest msw that Jest can require before Node 24.9: later ones bring packages that are ES modules only.
const { createFakeIdentityService, identityHandlers } = require("acs-identity/testing");
const { http } = require("msw-2.10");
const { setupServer } = require("msw-2.10/node");
const { issueToken } = require("./tokens");

const service = createFakeIdentityService();
const server = setupServer(...identityHandlers(service, http));

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterAll(() => server.close());

it("is answered by the handlers, with a transport of its own", async () => {
  process.env.COMMUNICATION_CONNECTION_STRING = service.connectionString;
  const { token } = await issueToken();
  expect((await service.inspectToken(token)).valid).toBe(true);
});

it("retries a fault", async () => {
  process.env.COMMUNICATION_CONNECTION_STRING = service.connectionString;
  service.failNext({ status: 503, retryAfterInSeconds: 0 });
  expect((await issueToken()).user.communicationUserId).toMatch(/^8:acs:/);
});
