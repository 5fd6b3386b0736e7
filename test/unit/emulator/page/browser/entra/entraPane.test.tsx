// @vitest-environment happy-dom
import { screen } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import type { EntraDirectory } from "../../../../../../src/emulator/admin/models.js";
import {
  alerts,
  announced,
  choose,
  click,
  dialog,
  directoryOf,
  field,
  fill,
  hasButton,
  hasField,
  infoOf,
  openPage,
  optionsOf,
  Refusal,
  settle,
} from "../openPage.js";

const guid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;
const carol = {
  objectId: "carol-id",
  username: "carol@contoso.com",
  email: "c@contoso.com",
  hasRole: true,
  hasTeamsLicense: false,
};
const dave = {
  ...carol,
  objectId: "dave-id",
  username: "dave@contoso.com",
  email: undefined,
  hasTeamsLicense: true,
};
const app = {
  objectId: "app-object",
  clientId: "app-client",
  name: "console",
  hasRole: false,
  permissions: ["calls"],
  enableIdTokenIssuance: false,
  redirectUris: ["https://one.example/", "https://two.example/"],
};
const entraAssignment = {
  tenantId: "tenant",
  objectId: "carol-id",
  principalType: "user",
  clientIds: ["a", "b"],
};
const teamsAssignment = { tenantId: "tenant", objectId: "dave-id", principalType: "teamsResourceAccount" };

const directory = directoryOf({
  users: [carol, dave],
  applications: [app],
  entraAssignments: [entraAssignment],
  teamsAssignments: [teamsAssignment],
} as unknown as Partial<EntraDirectory>);

const open = (changes: Parameters<typeof openPage>[1] = {}) => openPage("entra", { directory, ...changes });
const form = (name: string) => screen.getByRole("form", { name });
const isPressed = (name: string) => screen.getByRole("button", { name }).getAttribute("aria-pressed");

describe("the pane of Entra ID", () => {
  it("says over http that signing in needs https", async () => {
    await open();
    expect(screen.getByText(/^Clients sign in over https alone, so this needs --https/)).toBeDefined();
    expect(hasButton(/\.env/)).toBe(false);
  });

  it("reads the directory again when something has changed, and says why it couldn't", async () => {
    const api = await open({ answers: { "GET /entra": new Refusal(500, { message: "Busy" }) } });
    expect(alerts()).toEqual([expect.stringContaining("Busy")]);
    expect(hasButton("Create token")).toBe(false);
    api.answers = {};
    api.info = infoOf({ revision: 2 });
    await settle(1000);
    expect([alerts(), hasButton("Create token")]).toEqual([[], true]);
  });
});

describe("a right of a user or an application", () => {
  it.each([
    [
      "role of carol@contoso.com",
      "true",
      "users",
      { objectId: "carol-id", hasRole: false },
      "has no role now",
    ],
    [
      "Teams license of carol@contoso.com",
      "false",
      "users",
      { objectId: "carol-id", hasTeamsLicense: true },
      "has Teams license now",
    ],
    ["role of console", "false", "applications", { clientId: "app-client", hasRole: true }, "has role now"],
    [
      "consent of console",
      "true",
      "applications",
      { clientId: "app-client", permissions: [] },
      "has no consent now",
    ],
    [
      "ID tokens of console",
      "false",
      "applications",
      { clientId: "app-client", enableIdTokenIssuance: true },
      "has ID tokens now",
    ],
  ])("%s is shown as %s, and given or taken by a click", async (name, pressed, kind, change, text) => {
    const api = await open();
    expect(isPressed(name)).toBe(pressed);
    const reads = api.reads.filter((each) => each === "GET /entra").length;
    await click(name);
    expect(api.changes).toEqual([[`POST /entra/${kind}`, change]]);
    expect(announced()).toBe(`${name.split(" of ")[1]} ${text}`);
    expect(api.reads.filter((each) => each === "GET /entra").length).toBeGreaterThan(reads);
  });

  it("consent is given to every permission that exists", async () => {
    const applications = [{ ...app, permissions: [] }] as unknown as EntraDirectory["applications"];
    const api = await open({ directory: directoryOf({ applications }) });
    expect(isPressed("consent of console")).toBe("false");
    await click("consent of console");
    expect(api.changes).toEqual([
      ["POST /entra/applications", { clientId: "app-client", permissions: ["calls", "chats"] }],
    ]);
  });
});

describe("a user or an application", () => {
  it.each([
    ["carol@contoso.com", "carol-id"],
    ["console", "app-object"],
  ])("%s is deleted by its object id", async (name, objectId) => {
    const api = await open();
    await click(`Delete ${name}`);
    expect(api.changes).toEqual([]);
    await click("Delete", dialog());
    expect(api.changes).toEqual([[`DELETE /entra/principals/${objectId}`]]);
    expect(announced()).toBe(`${name} was deleted`);
  });

  it("gets another email, or none", async () => {
    const api = await open();
    expect([screen.queryByText("Email c@contoso.com"), screen.queryByText("No email")]).not.toContain(null);
    const email = form("Change the email of carol@contoso.com");
    expect(field("Email", email).value).toBe("c@contoso.com");
    await fill("Email", "", email);
    await click("Change email", email);
    expect(api.changes).toEqual([["POST /entra/users", { objectId: "carol-id", email: "" }]]);
    expect(announced()).toBe("The email of carol@contoso.com was changed");
  });

  it("is added as a user with the name that was entered", async () => {
    const api = await open();
    const add = form("Add a user or an application");
    await click("Add", add);
    expect(screen.getByText("Enter a name.")).toBeDefined();
    await fill("Name", "erin@contoso.com", add);
    await click("Add", add);
    const user = { objectId: expect.stringMatching(guid), username: "erin@contoso.com" };
    expect(api.changes).toEqual([["POST /entra/users", user]]);
    expect([announced(), field("Name", add).value]).toEqual(["erin@contoso.com was added", ""]);
    expect(hasButton(/settings of the new/)).toBe(false);
  });

  it("is added as an application, whose secret is shown and copied only there", async () => {
    const api = await open();
    const add = form("Add a user or an application");
    await choose("Kind", "Application", add);
    await fill("Name", "daemon", add);
    await click("Add", add);
    const [[path, body] = []] = api.changes;
    const { clientId, clientSecrets, name } = body as {
      clientId: string;
      clientSecrets: string[];
      name: string;
    };
    expect([path, name, clientId, clientSecrets]).toEqual([
      "POST /entra/applications",
      "daemon",
      expect.stringMatching(guid),
      [expect.stringMatching(guid)],
    ]);
    await click("Copy settings of the new application");
    expect(api.copied).toBe(`AZURE_CLIENT_ID=${clientId}\nAZURE_CLIENT_SECRET=${clientSecrets[0]}\n`);
  });
});

describe("the redirect URIs of an application", () => {
  it("are counted, and removed one at a time", async () => {
    const api = await open();
    expect(screen.getByText("2 redirect URIs")).toBeDefined();
    await click("Remove https://one.example/");
    expect(api.changes).toEqual([
      ["POST /entra/applications", { clientId: "app-client", redirectUris: ["https://two.example/"] }],
    ]);
    expect(announced()).toBe("https://one.example/ was removed");
  });

  it("keep the others when one is added, which has to be absolute", async () => {
    const api = await open();
    const add = form("Add a redirect URI to console");
    await fill("New redirect URI", "callback", add);
    await click("Add redirect URI", add);
    expect(screen.getByText("Enter an absolute URI, such as https://app.example/callback.")).toBeDefined();
    expect(api.changes).toEqual([]);
    await fill("New redirect URI", "https://three.example/", add);
    await click("Add redirect URI", add);
    expect(api.changes).toEqual([
      [
        "POST /entra/applications",
        { clientId: "app-client", redirectUris: [...app.redirectUris, "https://three.example/"] },
      ],
    ]);
    expect([announced(), field("New redirect URI", add).value]).toEqual([
      "https://three.example/ was added",
      "",
    ]);
  });
});

describe("a token without a sign-in", () => {
  const create = async () => click("Create token");

  it("is an application's, with the scope, ids and lifetime that were entered", async () => {
    const api = await open({ answers: { "POST /entraTokens": { token: "e.y.J" } } });
    expect(field("Client id", form("Create an Entra ID token")).value).toBe("client");
    await create();
    const own = form("Create an Entra ID token");
    await fill("Scope", "own.scope", own);
    await fill("Object id", "carol-id", own);
    await fill("Lifetime in minutes", "-5", own);
    await create();
    expect(api.changes).toEqual([
      ["POST /entraTokens", { clientId: "client" }],
      [
        "POST /entraTokens",
        { scope: "own.scope", clientId: "client", objectId: "carol-id", expiresInMinutes: -5 },
      ],
    ]);
    expect(screen.getByText(/^Send it as Authorization: Bearer/)).toBeDefined();
    await click("Copy token just created");
    expect(api.copied).toBe("e.y.J");
  });

  it("is a Teams user's, by default of one with a license, and takes the place of the one before", async () => {
    const answers = { "POST /entraTokens": { token: "one" }, "POST /teamsUserTokens": { token: "two" } };
    const api = await open({ answers });
    await create();
    await choose("For", /^A Teams user/);
    expect(screen.queryByLabelText("New token")).toBeNull();
    const own = form("Create an Entra ID token");
    expect([hasField("Scope", own), field("Object id", own).value]).toEqual([false, "dave-id"]);
    await create();
    expect(api.changes[1]).toEqual([
      "POST /teamsUserTokens",
      { clientId: "client", userObjectId: "dave-id" },
    ]);
    expect(field("New token").value).toBe("two");
    expect(screen.getByText("Pass it as teamsUserAadToken.")).toBeDefined();
  });

  it("isn't created with a lifetime that is no number", async () => {
    const api = await open();
    await fill("Lifetime in minutes", "1 h", form("Create an Entra ID token"));
    await create();
    expect(screen.getByText("Enter the lifetime in whole minutes, such as 60.")).toBeDefined();
    expect(api.changes).toEqual([]);
  });
});

describe("an assignment", () => {
  const save = () => form("Save an assignment");

  it("is listed with whom it is for, and deleted", async () => {
    const api = await open();
    expect(screen.queryByText("Nobody can exchange an Entra token.")).toBeNull();
    expect(screen.getByText("for a, b")).toBeDefined();
    expect(screen.getByText("for all applications")).toBeDefined();
    for (const what of ["Entra assignment of carol-id", "Teams extension assignment of dave-id"]) {
      await click(`Delete ${what}`);
      await click("Delete", dialog());
      expect(announced()).toBe(`${what} was deleted`);
    }
    expect(api.changes).toEqual([
      ["DELETE /entra/assignments/carol-id"],
      ["DELETE /teamsExtension/assignments/tenant/dave-id"],
    ]);
  });

  it("of Entra without an application is for none, and a list without one says so", async () => {
    const api = await open({
      directory: directoryOf({ entraAssignments: [{ ...entraAssignment, clientIds: [] }] }),
    });
    expect(screen.getByText("for no application")).toBeDefined();
    api.directory = directoryOf();
    api.info = infoOf({ revision: 2 });
    await settle(1000);
    expect(screen.getByText("Nobody can exchange an Entra token.")).toBeDefined();
  });

  it("of Entra is saved for the application of the directory, unless others are entered", async () => {
    const api = await open();
    expect([field("Tenant id", save()).value, field("Client ids", save()).value]).toEqual([
      "tenant",
      "client",
    ]);
    await click("Save assignment");
    expect(screen.getByText("Enter the object id, a GUID.")).toBeDefined();
    await fill("Object id", "erin-id", save());
    await choose("Principal type", "group", save());
    await fill("Client ids", " a, b  c ", save());
    await click("Save assignment");
    expect(api.changes).toEqual([
      [
        "POST /entra/assignments",
        { tenantId: "tenant", objectId: "erin-id", principalType: "group", clientIds: ["a", "b", "c"] },
      ],
    ]);
    expect(announced()).toBe("The Entra assignment was saved");
  });

  it("needs a tenant, and is saved without an application as for none", async () => {
    const api = await open();
    await fill("Object id", "erin-id", save());
    await fill("Client ids", "", save());
    await fill("Tenant id", "", save());
    await click("Save assignment");
    expect(screen.getByText("Enter the tenant id, a GUID.")).toBeDefined();
    await fill("Tenant id", "other", save());
    await click("Save assignment");
    expect(api.changes).toEqual([
      [
        "POST /entra/assignments",
        { tenantId: "other", objectId: "erin-id", principalType: "user", clientIds: [] },
      ],
    ]);
  });

  it("of Teams extension has types of its own, and is for all applications unless some are entered", async () => {
    const api = await open();
    const entraTypes = optionsOf("Principal type", save());
    await choose("Kind", "Teams extension", save());
    expect(optionsOf("Principal type", save())).toContain("teamsResourceAccount");
    expect(entraTypes).not.toContain("teamsResourceAccount");
    expect(field("Client ids", save()).value).toBe("");
    await fill("Object id", "erin-id", save());
    await choose("Principal type", "teamsResourceAccount", save());
    await click("Save assignment");
    expect(api.changes).toEqual([
      [
        "POST /teamsExtension/assignments",
        { tenantId: "tenant", objectId: "erin-id", principalType: "teamsResourceAccount" },
      ],
    ]);
    expect(announced()).toBe("The Teams extension assignment was saved");
  });
});
