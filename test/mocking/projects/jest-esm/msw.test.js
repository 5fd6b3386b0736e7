import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { createFakeIdentityService, identityHandlers } from "acs-identity/testing";
import { http } from "msw";
import { setupServer } from "msw/node";
import { issueToken } from "./tokens.js";

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
