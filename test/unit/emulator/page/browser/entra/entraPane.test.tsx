// @vitest-environment happy-dom
import { screen } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import { alerts, hasButton, infoOf, Refusal, settle } from "../openPage.js";
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
