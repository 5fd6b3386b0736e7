import { describe, expect, it } from "vitest";
import {
  createFakeIdentityService,
  type EntraApplication,
  type EntraUser,
  type FakeIdentityServiceOptions,
} from "../../../src/testing/index.js";
import { askToken, clientCredentials, clientForm } from "./form.js";

const objectId = "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12";
const { entra } = createFakeIdentityService();
const carol = { objectId, username: "carol@contoso.com" };

describe("the directory", () => {
  it("has an application and two users by default", () => {
    const { entra } = createFakeIdentityService();
    expect(entra.applications).toMatchObject([{ clientId: entra.clientId, hasRole: true }]);
    expect(entra.users).toMatchObject([
      { username: "alice@contoso.com", hasTeamsLicense: true, hasRole: true },
      { username: "bob@contoso.com", hasTeamsLicense: false, hasRole: false },
    ]);
  });

  it("adds those in the options, and merges them into well-known ones with the same id", () => {
    const { clientId, users } = createFakeIdentityService().entra;
    const [alice] = users;
    const { entra } = createFakeIdentityService({
      entra: {
        applications: [{ clientId, clientSecrets: ["my own"] }],
        users: [carol, { objectId: alice?.objectId ?? "", username: "alicia@contoso.com" }],
      },
    });
    expect(entra.clientSecret).toBe("my own");
    expect(entra.applications).toMatchObject([{ name: "Emulator application" }]);
    expect(entra.users.map(({ username }) => username)).toEqual([
      "alicia@contoso.com",
      "bob@contoso.com",
      "carol@contoso.com",
    ]);
  });

  it("changes only the members that are given", () => {
    const { entra } = createFakeIdentityService();
    entra.setUser({ ...carol, hasTeamsLicense: false });
    entra.setUser({ ...carol, name: "Carol" });
    expect(entra.users.at(-1)).toEqual({
      ...carol,
      tenantId: entra.tenantId,
      name: "Carol",
      email: "carol@contoso.com",
      hasTeamsLicense: false,
      hasRole: true,
    });
  });

  it("is part of a snapshot, and returns to its initial state on reset", async () => {
    const service = createFakeIdentityService();
    const { entra } = service;
    entra.setUser(carol);
    entra.setApplication({ clientId: entra.clientId, clientSecrets: ["another"] });
    entra.deletePrincipal(entra.users[0]?.objectId ?? "");
    const other = createFakeIdentityService();
    other.restore(JSON.parse(JSON.stringify(service.snapshot())));
    expect(other.entra.users).toEqual(entra.users);
    expect(other.entra.users).toHaveLength(2);
    expect(other.entra.clientSecret).toBe("another");
    const refused = await askToken(other, {
      ...clientForm(createFakeIdentityService()),
      ...clientCredentials,
    });
    expect(refused.body.error_codes).toEqual([7000215]);
    service.reset();
    expect(entra.users).toEqual(createFakeIdentityService().entra.users);
  });

  it.each<[string, () => unknown]>([
    ["clientId must be a GUID", () => setApplication({ clientId: "x" })],
    ["objectId must be a GUID", () => setUser({ ...carol, objectId: "X" })],
    ["An Entra user's username must be a non-empty string", () => setUser({ ...carol, username: "" })],
    ["An Entra user's hasRole must be true or false", () => setUser({ ...carol, hasRole: "no" as never })],
    [
      "An Entra user must be an object with only the members",
      () => setUser({ ...carol, role: true } as never),
    ],
    [
      "An application's permissions must be an array of scopes among https",
      () => setApplication({ clientId: objectId, permissions: ["User.Read"] }),
    ],
    ...["javascript:alert(1)", "app.example/cb", "localhost:3000/cb", ["https://app.example"] as never].map(
      (uri): [string, () => unknown] => [
        "An application's redirectUris must be an array of URIs with a scheme, such as https://app.example/callback",
        () => setApplication({ clientId: objectId, redirectUris: [uri] }),
      ],
    ),
    ...["no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"].map(
      (pem): [string, () => unknown] => [
        "An application's certificates must be an array of certificates or public keys in PEM",
        () => setApplication({ clientId: objectId, certificates: [pem] }),
      ],
    ),
    [
      "An application's objectId must not be that of another entry",
      () => setApplication({ clientId: objectId, objectId: entra.users[0]?.objectId ?? "" }),
    ],
    [
      "An Entra user's objectId must not be that of another entry",
      () => setUser({ ...carol, objectId: entra.applications[0]?.objectId ?? "" }),
    ],
    [
      "An application's objectId can't be changed. Delete the principal first",
      () => setApplication({ clientId: entra.clientId, objectId }),
    ],
    [
      "An Entra user's username must not be that of another user",
      () => setUser({ objectId, username: "Alice@contoso.com" }),
    ],
    ["An Entra user must be an object", () => create({ entra: { users: [null as never] } })],
  ])("rejects what it can't use: %s", (words, act) => {
    expect(act).toThrow(TypeError);
    expect(act).toThrow(words);
  });
});

function create(options: FakeIdentityServiceOptions) {
  return createFakeIdentityService(options);
}

function setApplication(application: EntraApplication) {
  create({}).entra.setApplication(application);
}

function setUser(user: EntraUser) {
  create({}).entra.setUser(user);
}
