import { describe, expect, it } from "vitest";
import {
  createFakeIdentityService,
  type FakeIdentityService,
  type FakeIdentityServiceOptions,
} from "../../../../src/testing/index.js";
import { askToken, clientCredentials, clientForm } from "../entra/form.js";

const objectId = "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12";
const tenantId = "00ac5000-7e4a-4717-8000-000000000001";
const clientId = "00ac5000-a991-4717-8000-000000000003";
const alice = "00ac5000-a11c-4717-8000-000000000004";
const carol = { objectId, username: "carol@contoso.com" };
const assignment = { objectId, tenantId, principalType: "user", clientIds: [] };

const contentOf = ({ entra }: FakeIdentityService) => [
  entra.applications,
  entra.users,
  entra.groups,
  entra.tenants,
  entra.assignments,
];

describe("the directory", () => {
  it("has an application and two users by default", () => {
    const { entra } = createFakeIdentityService();
    const application = {
      clientId,
      tenantId,
      objectId: "00ac5000-05e2-4717-8000-000000000002",
      name: "Emulator application",
      clientSecrets: ["acs-identity-emulator-well-known-client-secret"],
      certificates: [],
      redirectUris: [],
      permissions: [
        "https://communication.azure.com/user_impersonation",
        "https://communication.azure.com/clients/Chat",
        "https://communication.azure.com/clients/Chat.Join",
        "https://communication.azure.com/clients/Chat.Join.Limited",
        "https://communication.azure.com/clients/VoIP",
        "https://communication.azure.com/clients/VoIP.Join",
        "https://auth.msft.communication.azure.com/Teams.ManageCalls",
        "https://auth.msft.communication.azure.com/Teams.ManageChats",
        "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls",
        "https://graph.microsoft.com/User.Read",
      ],
      enableIdTokenIssuance: true,
      hasRole: true,
    };
    const userOf = (id: string, name: string, may: boolean) => ({
      objectId: id,
      tenantId,
      name,
      username: `${name.toLowerCase()}@contoso.com`,
      email: `${name.toLowerCase()}@contoso.com`,
      hasTeamsLicense: may,
      hasRole: may,
    });
    expect(entra.applications).toEqual([application]);
    expect(entra.users).toEqual([
      userOf(alice, "Alice", true),
      userOf("00ac5000-0b0b-4717-8000-000000000005", "Bob", false),
    ]);
    expect([entra.groups, entra.tenants]).toEqual([[], []]);
    entra.setApplication({ clientId: objectId });
    expect(entra.applications[1]).toEqual({
      ...application,
      clientId: objectId,
      objectId,
      name: objectId,
      clientSecrets: [],
    });
  });

  it("adds those in the options, and merges them into well-known ones with the same id", () => {
    const { entra } = createFakeIdentityService({
      entra: {
        applications: [
          { clientId, clientSecrets: ["my own", "a newer one"], redirectUris: ["my-app://callback"] },
        ],
        users: [carol, { objectId: alice, username: "alicia@contoso.com" }],
        groups: [{ objectId: tenantId }],
        tenants: [{ tenantId }],
      },
    });
    expect(entra.clientSecret).toBe("my own");
    expect(entra.applications).toMatchObject([{ name: "Emulator application" }]);
    expect(entra.users.map(({ username }) => username)).toEqual([
      "alicia@contoso.com",
      "bob@contoso.com",
      "carol@contoso.com",
    ]);
    const group = { objectId: tenantId, tenantId, name: tenantId, members: [], isAssignedToClients: false };
    expect(entra.groups).toEqual([group]);
    const both = ["1fd5118e-2576-4263-8130-9503064c837a", "2a04943b-b6a7-4f65-8786-2bb6131b59f6"];
    expect(entra.tenants).toEqual([{ tenantId, servicePrincipals: both }]);
  });

  it("changes only the members that are given, until the entry is deleted", () => {
    const { entra } = createFakeIdentityService();
    entra.setUser({ ...carol, hasTeamsLicense: false });
    entra.setUser({ ...carol, name: "Carol" });
    const user = {
      tenantId,
      name: "Carol",
      email: "carol@contoso.com",
      hasTeamsLicense: false,
      hasRole: true,
    };
    expect(entra.users.at(-1)).toEqual({ ...carol, ...user });
    entra.deletePrincipal(objectId);
    entra.setUser(carol);
    expect(entra.users.at(-1)).toEqual({ ...carol, ...user, name: carol.username, hasTeamsLicense: true });
  });

  it("is part of a snapshot, as the resource's assignments are, and returns to its initial state on reset", async () => {
    const service = createFakeIdentityService();
    const { entra } = service;
    const [first, empty] = [contentOf(service), service.snapshot()];
    entra.setUser(carol);
    entra.setApplication({ clientId, clientSecrets: ["another"] });
    entra.deletePrincipal(alice);
    entra.setGroup({ objectId: tenantId, members: [objectId] });
    entra.setTenant({ tenantId, servicePrincipals: [] });
    entra.setAssignment(assignment);
    entra.deleteAssignment(tenantId);
    const changed = contentOf(service);
    expect(changed.map(({ length }) => length)).toEqual([1, 2, 1, 1, 1]);
    const other = createFakeIdentityService();
    other.restore(JSON.parse(JSON.stringify(service.snapshot())));
    expect(contentOf(other)).toEqual(changed);
    const form = { ...clientForm(createFakeIdentityService()), ...clientCredentials };
    expect((await askToken(other, form)).body.error_codes).toEqual([7000215]);
    other.restore(empty);
    service.reset();
    expect([contentOf(other), contentOf(service)]).toEqual([first, first]);
  });

  it.each<[string, unknown]>([
    ["clientId must be a GUID", { applications: [{ clientId: "x" }] }],
    ["objectId must be a GUID", { users: [{ ...carol, objectId: "X" }] }],
    ["An Entra user's username must be a non-empty string", { users: [{ ...carol, username: "" }] }],
    ["An Entra user's hasRole must be true or false", { users: [{ ...carol, hasRole: "no" }] }],
    ["An Entra user must be an object with only the members", { users: [{ ...carol, role: true }] }],
    ["An Entra user must be an object", { users: [null] }],
    [
      "An application's permissions must be an array of scopes among https",
      { applications: [{ clientId, permissions: ["User.Read"] }] },
    ],
    ...[
      ...["javascript:alert(1)", "data:,x", "vbscript:x", "blob:https://x/1"],
      ...["app.example/cb", "localhost:3000/cb", ["https://app.example"]],
    ].map((uri): [string, unknown] => [
      "An application's redirectUris must be an array of URIs with a scheme, such as https://app.example/callback",
      { applications: [{ clientId, redirectUris: [uri] }] },
    ]),
    ...["no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"].map(
      (pem): [string, unknown] => [
        "An application's certificates must be an array of certificates or public keys in PEM",
        { applications: [{ clientId, certificates: [pem] }] },
      ],
    ),
    [
      "An application's objectId must not be that of another entry",
      { applications: [{ clientId: objectId, objectId: "00ac5000-05e2-4717-8000-000000000002" }] },
    ],
    [
      "An Entra user's objectId must not be that of another entry",
      { users: [{ ...carol, objectId: "00ac5000-05e2-4717-8000-000000000002" }] },
    ],
    [
      "An application's objectId can't be changed. Delete the principal first",
      { applications: [{ clientId, objectId }] },
    ],
    [
      "An Entra user's username must not be that of another user",
      { users: [{ objectId, username: "Alice@contoso.com" }] },
    ],
    ["objectId must be a GUID", { assignments: [{ ...assignment, objectId: "x" }] }],
    ["tenantId must be a GUID", { assignments: [{ ...assignment, tenantId: "X" }] }],
    [
      "principalType must be one of user, group, tenant",
      { assignments: [{ ...assignment, principalType: "x" }] },
    ],
    ["clientIds must be an array of GUIDs", { assignments: [{ ...assignment, clientIds: "x" }] }],
    ["An Entra assignment must be an object", { assignments: [null] }],
    ["objectId must be a GUID", { groups: [{ objectId: "x" }] }],
    [
      "An Entra group's members must be an array of non-empty strings",
      { groups: [{ objectId, members: [1] }] },
    ],
    [
      "An Entra group's isAssignedToClients must be true or false",
      { groups: [{ objectId, isAssignedToClients: 1 }] },
    ],
    [
      "An Entra tenant's servicePrincipals must be an array of 1fd5118e-",
      { tenants: [{ tenantId, servicePrincipals: [tenantId] }] },
    ],
    ["An Entra tenant must be an object", { tenants: [{ tenantId, name: "x" }] }],
    ...["applications", "users", "groups", "tenants", "assignments"].map((name): [string, unknown] => [
      `entra's ${name} must be an array`,
      { [name]: {} },
    ]),
    ["entra must be an object", { roles: [] }],
    // In a time that doesn't grow with its square.
    [
      "An application's certificates must be an array of certificates or public keys in PEM",
      { applications: [{ clientId, certificates: ["-----BEGIN PUBLIC KEY-----".repeat(100_000)] }] },
    ],
  ])("refuses options: %s", (words, entra) => {
    const create = () => createFakeIdentityService({ entra } as FakeIdentityServiceOptions);
    expect(create).toThrow(TypeError);
    expect(create).toThrow(words);
  });
});
