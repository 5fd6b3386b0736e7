// @vitest-environment happy-dom
import { screen } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import { alerts, hasButton, infoOf, openPage, Refusal, settle } from "../openPage.js";
import { openEntraPane } from "./openEntraPane.js";

describe("the pane of Entra ID", () => {
  it("says over http that signing in needs https", async () => {
    await openEntraPane();
    expect(screen.getByText(/^Clients sign in over https alone, so this needs --https/)).toBeDefined();
    expect(hasButton(/\.env/)).toBe(false);
  });

  it("reads the directory again when something has changed, and says why it couldn't", async () => {
    const api = await openEntraPane({ answers: { "GET /entra": new Refusal(500, { message: "Busy" }) } });
    expect(alerts()).toEqual([expect.stringContaining("Busy")]);
    expect(hasButton("Create token")).toBe(false);
    api.answers = {};
    api.info = infoOf({ revision: 2 });
    await settle(1000);
    expect([alerts(), hasButton("Create token")]).toEqual([[], true]);
  });
});

describe("a sign-in that was tried", () => {
  const jwt = (content: object) => `eyJ9.${btoa(JSON.stringify(content))}.x`;

  it.each([
    [
      `id_token=${jwt({ name: "Alice", preferred_username: "alice@contoso.com" })}`,
      "Signed in as Alice (alice@contoso.com).",
    ],
    ["error=x&error_description=AADSTS700054%3A+Not+enabled", "AADSTS700054: Not enabled"],
  ])("says how it went: %s", async (hash, text) => {
    await openPage(`?#${hash}`);
    expect(screen.getByText(text, { selector: "[role=status]" })).toBeDefined();
  });

  it("says nothing of a token that is none", async () => {
    await openPage("?#id_token=none");
    expect(screen.getByRole("heading", { name: "Sign-in" })).toBeDefined();
    expect(screen.queryByText(/^Signed in/)).toBeNull();
  });
});
