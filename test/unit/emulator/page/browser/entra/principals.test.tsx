// @vitest-environment happy-dom
import { screen } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import type { EntraDirectory } from "../../../../../../src/emulator/admin/models.js";
import { announced, choose, click, dialog, directoryOf, field, fill, hasButton } from "../openPage.js";
import { app, form, openEntraPane } from "./openEntraPane.js";

const guid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;
const focused = () => document.activeElement?.getAttribute("aria-label");
const isPressed = (name: string) => screen.getByRole("button", { name }).getAttribute("aria-pressed");

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
    const api = await openEntraPane();
    expect(isPressed(name)).toBe(pressed);
    const reads = api.reads.filter((each) => each === "GET /entra").length;
    await click(name);
    expect(api.changes).toEqual([[`POST /entra/${kind}`, change]]);
    expect(announced()).toBe(`${name.split(" of ")[1]} ${text}`);
    expect(api.reads.filter((each) => each === "GET /entra").length).toBeGreaterThan(reads);
  });

  it("consent is given to every permission that exists", async () => {
    const applications = [{ ...app, permissions: [] }] as unknown as EntraDirectory["applications"];
    const api = await openEntraPane({ directory: directoryOf({ applications }) });
    expect(isPressed("consent of console")).toBe("false");
    await click("consent of console");
    expect(api.changes).toEqual([
      ["POST /entra/applications", { clientId: "app-client", permissions: ["calls", "chats"] }],
    ]);
  });
});

describe("a user, an application or a group", () => {
  it("is shown with its name, and with the name to sign in with if that is another one", async () => {
    await openEntraPane();
    for (const name of ["Carol (carol@contoso.com)", "dave@contoso.com", "console", "Staff"])
      expect(screen.getByText(name, { selector: "strong" })).toBeDefined();
  });

  it.each([
    ["carol@contoso.com", "carol-id"],
    ["console", "app-client"],
    ["Staff", "group-id"],
  ])("%s has an id to copy", async (name, id) => {
    const api = await openEntraPane();
    await click(`Copy id of ${name}`);
    expect(api.copied).toBe(id);
  });

  it("that is a group has its members counted, and neither rights nor tokens", async () => {
    await openEntraPane();
    expect(screen.getByText("group of 2 users, assigned to the clients")).toBeDefined();
    expect([hasButton(/^Get token for Staff/), hasButton("role of Staff")]).toEqual([false, false]);
  });

  it.each([
    ["carol@contoso.com", "carol-id"],
    ["console", "app-object"],
    ["Staff", "group-id"],
  ])("%s is deleted by its object id", async (name, objectId) => {
    const api = await openEntraPane();
    await click(`Delete ${name}`);
    expect(api.changes).toEqual([]);
    await click("Delete", dialog());
    expect(api.changes).toEqual([[`DELETE /entra/principals/${objectId}`]]);
    expect(announced()).toBe(`${name} was deleted`);
  });

  it("gets another email, or none", async () => {
    const api = await openEntraPane();
    expect([screen.queryByText("Email c@contoso.com"), screen.queryByText("No email")]).not.toContain(null);
    const email = form("Change the email of carol@contoso.com");
    expect(field("Email", email).value).toBe("c@contoso.com");
    await fill("Email", "", email);
    await click("Change email", email);
    expect(api.changes).toEqual([["POST /entra/users", { objectId: "carol-id", email: "" }]]);
    expect(announced()).toBe("The email of carol@contoso.com was changed");
  });

  it("is added as a user with the name that was entered, whose row then has the focus", async () => {
    const api = await openEntraPane();
    const add = form("Add a user or an application");
    await click("Add", add);
    expect(screen.getByText("Enter a name.")).toBeDefined();
    await fill("Name", "erin@contoso.com", add);
    api.answers["POST /entra/users"] = () => {
      const [[, given] = []] = api.changes;
      const erin = { ...api.directory.users[0], name: "Erin", ...(given as object) };
      api.directory = { ...api.directory, users: [...api.directory.users, erin] } as EntraDirectory;
      return {};
    };
    await click("Add", add);
    const user = { objectId: expect.stringMatching(guid), username: "erin@contoso.com" };
    expect(api.changes).toEqual([["POST /entra/users", user]]);
    expect([announced(), field("Name", add).value]).toEqual(["erin@contoso.com was added", ""]);
    expect(hasButton(/settings of the new/)).toBe(false);
    expect(focused()).toBe("Get token for erin@contoso.com");
  });

  it("is added as an application, whose secret is shown and copied only there, and has the focus", async () => {
    const api = await openEntraPane();
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
    expect(announced()).toBe("daemon was added. Its secret is shown only once");
    expect(focused()).toBe("Copy settings of the new application");
    expect(field<HTMLSelectElement>("Kind", add).value).toBe("Application");
    await click("Copy settings of the new application");
    expect(api.copied).toBe(`AZURE_CLIENT_ID=${clientId}\nAZURE_CLIENT_SECRET=${clientSecrets[0]}\n`);
  });
});

it("the settings of a new application go when a user is added after it", async () => {
  await openEntraPane();
  const add = form("Add a user or an application");
  await choose("Kind", "Application", add);
  await fill("Name", "daemon", add);
  await click("Add", add);
  expect(hasButton(/settings of the new/)).toBe(true);
  await choose("Kind", "User", add);
  await fill("Name", "erin@contoso.com", add);
  await click("Add", add);
  expect(hasButton(/settings of the new/)).toBe(false);
});

describe("the redirect URIs of an application", () => {
  it("are counted, and removed one at a time", async () => {
    const api = await openEntraPane();
    expect(screen.getByText("2 redirect URIs")).toBeDefined();
    await click("Remove https://one.example/");
    expect(api.changes).toEqual([
      ["POST /entra/applications", { clientId: "app-client", redirectUris: ["https://two.example/"] }],
    ]);
    expect(announced()).toBe("https://one.example/ was removed");
  });

  it("keep the others when one is added, which has to be absolute", async () => {
    const api = await openEntraPane();
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
