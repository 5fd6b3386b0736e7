import { describe, expect, it } from "vitest";
import {
  createFakeIdentityService,
  type FakeIdentityServiceOptions,
  type TeamsUserTokenOptions,
  type TokenCredentialOptions,
} from "../../../../src/testing/index.js";

const guid = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
const id = "8:acs:00ac5000-1de4-4717-8000-0000000000f5_fixed";

describe("createFakeIdentityService", () => {
  it("accepts the smallest and the largest values of options", () => {
    const service = createFakeIdentityService({
      endpoint: "HTTP://X.example:8080",
      dateToleranceInMinutes: 0,
      revocationDelayInSeconds: 86_400,
      throttle: 0,
      users: [{ customId: "x" }, { customId: "x".repeat(256) }],
    });
    expect(service.endpoint).toBe("http://x.example:8080/");
    expect(service.connectionString).toBe(`endpoint=http://x.example:8080/;accesskey=${service.accessKey}`);
  });

  it.each<[unknown, string | RegExp]>([
    [{ sed: "a" }, "sed is not an option: did you mean seed?"],
    [{ Seed: "a" }, "Seed is not an option: did you mean seed?"],
    [{ port: 80 }, /^port is not an option. The options are endpoint, accessKey, /],
    [{ "endpoint=https://x/;accesskey=abc": 1 }, /^one of its members is not an option. The options are /],
    ...["x", "ftp://x.example", "https://x.example/a", "https://x.example/?a", "https://x.example/#a"].map(
      (endpoint): [object, string] => [{ endpoint }, "endpoint must be an http or https URL without a path"],
    ),
    [{ audience: "" }, "audience must be a non-empty string without /.default"],
    [{ audience: "https://a.example/.Default" }, "audience must be a non-empty string without /.default"],
    [{ resourceId: "x" }, "resourceId must be a GUID in lower case"],
    [{ seed: null }, "seed must be a string or a number"],
    [{ now: "soon" }, "now must be a Date, an ISO 8601 string or milliseconds, from 1970 to 2100"],
    [{ strictness: "Strict" }, "strictness must be one of strict, standard, loose"],
    [{ dateToleranceInMinutes: "5" }, "dateToleranceInMinutes must be a number from 0"],
    [{ dateToleranceInMinutes: -1 }, "dateToleranceInMinutes must be a number from 0"],
    [{ revocationDelayInSeconds: -1 }, "revocationDelayInSeconds must be a number from 0 to 86400"],
    [{ revocationDelayInSeconds: 86_401 }, "revocationDelayInSeconds must be a number from 0 to 86400"],
    [{ teamsExtensionAssignments: {} }, "teamsExtensionAssignments must be an array"],
    ...[{ tenantId: guid.toUpperCase() }, { principalType: "group" }, { clientIds: ["x"] }].map(
      (wrong): [object, RegExp] => [
        { teamsExtensionAssignments: [{ tenantId: guid, objectId: guid, principalType: "user", ...wrong }] },
        /^A Teams extension assignment's (?:tenantId|principalType|clientIds) must be /,
      ],
    ),
    [{ throttle: "1" }, "throttle must be true, false, or a number from 0"],
    [{ throttle: -1 }, "throttle must be true, false, or a number from 0"],
    [{ requestLogSize: -1 }, "requestLogSize must be a number from 0"],
    [{ entra: { user: [] } }, "entra must be an object with only the members applications, users"],
    [{ chatForEntraUsers: "yes" }, "chatForEntraUsers must be true or false"],
    [{ encryptedTokens: "yes" }, "encryptedTokens must be true or false"],
    [{ users: "x" }, "users must be an array"],
    [{ users: [{ id }, {}, { id, customId: "a" }] }, "Two of the users have the same id"],
    [{ users: [{ customId: "a" }, {}, { customId: "a" }] }, "Two of the users have the same customId"],
    ...[null, { id: "8:acs:other_1" }, { id: id.slice(0, -5) }, { id: 5 }, { customID: "a" }].map(
      (user): [object, RegExp] => [{ users: [user] }, /^A user('s id)? must /],
    ),
    ...["", "x".repeat(257), 5].map((customId): [object, string] => [
      { users: [{ customId }] },
      "A user's customId must be a string of 1 to 256 characters",
    ]),
    [[], "The options must be an object"],
    ["seed", "The options must be an object"],
    [null, "The options must be an object"],
  ])("rejects %j: %s", (options, message) => {
    const create = () => createFakeIdentityService(options as FakeIdentityServiceOptions);
    expect(create).toThrow(TypeError);
    expect(create).toThrow(message);
  });
});

describe("createTokenCredential", () => {
  it.each([
    [{ tenant: "x" }, "A credential must be an object with only the members tenantId, objectId, "],
    [{ tenant: "x" }, ": tenant isn't one"],
    [{ "accesskey=abc": "x" }, ": one of its members isn't one"],
    [{ expiresInMinutes: Number.NaN }, "expiresInMinutes must be a number from -525600 to 525600"],
    [{ expiresInMinutes: 1e308 }, "expiresInMinutes must be a number from -525600 to 525600"],
  ])("rejects %j: %s", (options, message) => {
    const create = () => createFakeIdentityService().createTokenCredential(options as TokenCredentialOptions);
    expect(create).toThrow(TypeError);
    expect(create).toThrow(message);
  });
});

it.each([
  [{ expiresInMinute: 5 }, "only the members clientId, userObjectId, expiresInMinutes"],
  [undefined, "A Teams token's clientId must be a GUID"],
  [{ clientId: guid, userObjectId: "u" }, "A Teams token's userObjectId must be a GUID"],
])("createTeamsUserToken rejects %j", async (options, message) => {
  const token = createFakeIdentityService().createTeamsUserToken(options as unknown as TeamsUserTokenOptions);
  await expect(token).rejects.toThrow(message);
});
