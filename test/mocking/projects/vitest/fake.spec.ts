import { createFakeIdentityService } from "acs-identity/testing";
import { expect, it, vi } from "vitest";
import { issueToken } from "./tokens.js";

const service = createFakeIdentityService();

it("issueToken gets a token from the fake that is valid for an hour", async () => {
  vi.stubEnv("COMMUNICATION_CONNECTION_STRING", service.connectionString);
  const { token, user } = await issueToken({ httpClient: service.httpClient });
  expect(await service.inspectToken(token)).toMatchObject({ valid: true, userId: user.communicationUserId });
  service.clock.advance({ minutes: 61 });
  expect(await service.inspectToken(token)).toMatchObject({ valid: false, problem: "expired" });
});

it("issueToken rejects with the service's error", async () => {
  vi.stubEnv(
    "COMMUNICATION_CONNECTION_STRING",
    service.connectionString.replace(/accesskey=.*/, "accesskey=AAAA"),
  );
  await expect(issueToken({ httpClient: service.httpClient })).rejects.toMatchObject({
    statusCode: 401,
    code: "Denied",
  });
});
