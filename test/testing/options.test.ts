import { describe, expect, it } from "vitest";
import {
  createFakeIdentityService,
  type FakeIdentityServiceOptions,
  type TeamsUserTokenOptions,
  type TokenCredentialOptions,
} from "../../src/testing/index.js";

describe("createFakeIdentityService", () => {
  it.each([
    [{ sed: "a" }, "sed is not an option: did you mean seed?"],
    [{ Seed: "a" }, "Seed is not an option: did you mean seed?"],
    [{ port: 80 }, /^port is not an option. The options are endpoint, accessKey, /],
    [{ "endpoint=https://x/;accesskey=abc": 1 }, /^One of the members is not an option. The options are /],
    [{ entra: { user: [] } }, "entra must be an object with only the members applications, users"],
    [{ dateToleranceInMinutes: "5" }, "dateToleranceInMinutes must be a number from 0"],
    [{ throttle: "1" }, "throttle must be true, false, or a number from 0"],
    [{ audience: "https://a.example/.Default" }, "audience must be a non-empty string without /.default"],
    [{ seed: null }, "seed must be a string or a number"],
    [{ requestLogSize: -1 }, "requestLogSize must be a number from 0"],
    ["seed", "The options must be an object"],
    [null, "The options must be an object"],
  ])("rejects %j", (options, message) => {
    const create = () => createFakeIdentityService(options as FakeIdentityServiceOptions);
    expect(create).toThrow(TypeError);
    expect(create).toThrow(message);
  });
});

describe("createTokenCredential", () => {
  it.each([
    [{ tenant: "x" }, "A credential must be an object with only the members tenantId, objectId, "],
    [{ expiresInMinutes: Number.NaN }, "expiresInMinutes must be a finite number"],
  ])("rejects %j", (options, message) => {
    const create = () => createFakeIdentityService().createTokenCredential(options as TokenCredentialOptions);
    expect(create).toThrow(TypeError);
    expect(create).toThrow(message);
  });
});

it.each([
  [{ expiresInMinute: 5 }, "only the members clientId, userObjectId, expiresInMinutes"],
  [undefined, "A Teams token's clientId must be a GUID"],
  [
    { clientId: "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01", userObjectId: "u" },
    "A Teams token's userObjectId must be a GUID",
  ],
])("createTeamsUserToken rejects %j", async (options, message) => {
  const token = createFakeIdentityService().createTeamsUserToken(options as unknown as TeamsUserTokenOptions);
  await expect(token).rejects.toThrow(message);
});
