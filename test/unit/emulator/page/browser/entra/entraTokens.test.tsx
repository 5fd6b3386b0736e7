// @vitest-environment happy-dom
import { screen } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import { choose, click, field, fill, hasField } from "../openPage.js";
import { form, openEntraPane } from "./openEntraPane.js";

describe("a token without a sign-in", () => {
  const create = async () => click("Create token");

  it("is an application's, with the scope, ids and lifetime that were entered", async () => {
    const api = await openEntraPane({ answers: { "POST /entraTokens": { token: "e.y.J" } } });
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
    const api = await openEntraPane({ answers });
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
    const api = await openEntraPane();
    await fill("Lifetime in minutes", "1 h", form("Create an Entra ID token"));
    await create();
    expect(screen.getByText("Enter the lifetime in whole minutes, such as 60.")).toBeDefined();
    expect(api.changes).toEqual([]);
  });
});
