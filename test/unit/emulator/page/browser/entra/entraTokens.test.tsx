// @vitest-environment happy-dom
import { screen } from "@testing-library/preact";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { choose, click, directoryOf, field, fill, hasButton, hasField, optionsOf } from "../openPage.js";
import { form, openEntraPane } from "./openEntraPane.js";

const guid = "00000000-0000-4000-8000-000000000007";
const own = () => form("Create an Entra ID token");
const create = async () => click("Create token");
const focused = () =>
  document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent;

const scrolledTo: Element[] = [];
beforeEach(() => {
  scrolledTo.length = 0;
  vi.spyOn(Element.prototype, "scrollIntoView").mockImplementation(function (this: Element) {
    scrolledTo.push(this);
  });
});

describe("a token without a sign-in", () => {
  it("is that of an application of the directory, whose ids nobody enters", async () => {
    const api = await openEntraPane({ answers: { "POST /entraTokens": { token: "e.y.J" } } });
    expect(optionsOf("Application", own())).toEqual(["console"]);
    expect([hasField("Client id", own()), hasField("Scope", own())]).toEqual([false, false]);
    await fill("Lifetime in minutes", "-5", own());
    await create();
    expect(api.changes).toEqual([
      ["POST /entraTokens", { clientId: "app-client", objectId: "app-object", expiresInMinutes: -5 }],
    ]);
    expect(screen.getByText(/^Send it as Authorization: Bearer/)).toBeDefined();
    await click("Copy token just created");
    expect(api.copied).toBe("e.y.J");
  });

  it("is a Teams user's, of those with a license, and takes the place of the one before", async () => {
    const answers = { "POST /entraTokens": { token: "one" }, "POST /teamsUserTokens": { token: "two" } };
    const api = await openEntraPane({ answers });
    await create();
    await choose("For", /^A Teams user/);
    expect(screen.queryByLabelText("New token")).toBeNull();
    expect(optionsOf("User", own())).toEqual(["dave@contoso.com"]);
    await fill("Client id", guid.toUpperCase(), own());
    await create();
    expect(api.changes[1]).toEqual(["POST /teamsUserTokens", { clientId: guid, userObjectId: "dave-id" }]);
    expect(field("New token").value).toBe("two");
    expect(screen.getByText("Pass it as teamsUserAadToken.")).toBeDefined();
  });

  it("is an Entra user's, for one of the scopes that make a user's token", async () => {
    const clients = "https://communication.azure.com/clients";
    const api = await openEntraPane({
      answers: { "POST /entraTokens": { token: "one" } },
      directory: {
        ...directoryOf(),
        permissions: ["https://graph.microsoft.com/User.Read", `${clients}/VoIP`],
        users: [user("carol-id", "Carol", "carol@contoso.com"), user("erin-id", "erin@contoso.com")],
      },
    });
    await choose("For", /^An Entra user/);
    expect(optionsOf("User", own())).toEqual(["Carol (carol@contoso.com)", "erin@contoso.com"]);
    expect(optionsOf("Scope", own())).toEqual([`${clients}/.default`, `${clients}/VoIP`]);
    await choose("User", "erin@contoso.com", own());
    await fill("Client id", guid, own());
    await create();
    expect(api.changes).toEqual([
      [
        "POST /entraTokens",
        { scope: `${clients}/.default`, tenantId: "tenant", objectId: "erin-id", clientId: guid },
      ],
    ]);
    expect(screen.getByText(/^Return it from the credential/)).toBeDefined();
    await choose("User", /^Carol/, own());
    expect(screen.queryByLabelText("New token")).toBeNull();
  });

  it("gets the focus and is scrolled into view once it is there", async () => {
    await openEntraPane({ answers: { "POST /entraTokens": { token: "e.y.J" } } });
    await create();
    expect(focused()).toBe("Copy token just created");
    expect(scrolledTo.map((element) => element.getAttribute("role"))).toEqual(["status"]);
  });

  it.each([
    ["Lifetime in minutes", "1 h", "Enter the lifetime in whole minutes, such as 60."],
    ["Client id", "nonsense", "Enter the client id, a GUID."],
  ])("isn't created with a wrong %s, which the field says", async (label, value, message) => {
    const api = await openEntraPane();
    await choose("For", /^A Teams user/);
    await fill("Client id", guid, own());
    await fill(label, value, own());
    await create();
    expect(field(label, own()).getAttribute("aria-describedby")).toContain(screen.getByText(message).id);
    expect(api.changes).toEqual([]);
  });

  it("isn't created if there is nobody whose it could be", async () => {
    const api = await openEntraPane({ directory: directoryOf() });
    await create();
    expect(screen.getByText("There is none. Add one under Users and applications.")).toBeDefined();
    expect(api.changes).toEqual([]);
  });
});

describe("Get token", () => {
  it.each([
    ["carol@contoso.com", "An Entra user, for getTokenForEntraUser", "carol-id"],
    ["dave@contoso.com", "A Teams user, for getTokenForTeamsUser", "dave-id"],
    ["console", "An application", "app-object"],
  ])("of %s fills the form with what fits, and leads to its button", async (name, kind, objectId) => {
    await openEntraPane();
    await click(`Get token for ${name}`);
    expect(field<HTMLSelectElement>("For", own()).value).toBe(kind);
    const whose = kind === "An application" ? "Application" : "User";
    expect(field<HTMLSelectElement>(whose, own()).value).toBe(objectId);
    expect(focused()).toBe("Create token");
  });

  it("keeps the kind of token that was chosen if it fits, and takes a token of somebody else away", async () => {
    await openEntraPane({ answers: { "POST /entraTokens": { token: "e.y.J" } } });
    await create();
    await choose("For", /^An Entra user/);
    await click("Get token for dave@contoso.com");
    expect(field<HTMLSelectElement>("For", own()).value).toMatch(/^An Entra user/);
    expect(hasButton("Copy token just created")).toBe(false);
  });
});

function user(objectId: string, name: string, username = name) {
  return {
    objectId,
    name,
    username,
    tenantId: "tenant",
    email: "",
    hasRole: true,
    hasTeamsLicense: true,
  };
}
