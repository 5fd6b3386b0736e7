// @vitest-environment happy-dom
import { fireEvent, within } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import {
  alerts,
  announced,
  click,
  dialog,
  fill,
  hasButton,
  isDialogOpen,
  Refusal,
  tokenOf,
} from "../openPage.js";
import { card, expired, fresh, openUser, revoked, row, soon } from "./aliceCard.js";

const path = "/users/8%3Aacs%3Aresource_alice-00a11ce";
describe("a user", () => {
  it("has its id to copy, and says when it was created and how many of its tokens are active", async () => {
    const api = await openUser({ tokens: [fresh, soon, expired, revoked] });
    await click("Copy id of user alice");
    expect(api.copied).toBe("8:acs:resource_alice-00a11ce");
    expect(within(card()).getByText(/^created .* · \d+ tokens.*$/)).toBeDefined();
  });

  it("without a custom id is called by its own part of the id", async () => {
    await openUser({ customId: undefined });
    expect(within(card("alice-00a11ce")).getByText(/^created .* · no token$/)).toBeDefined();
    expect(hasButton("Copy id of user alice-00a11ce")).toBe(true);
  });

  it("gets a token with the chosen scopes and lifetime, once that is submitted", async () => {
    const api = await openUser({});
    await click("Issue token for user alice");
    expect(within(dialog()).getByText("alice")).toBeDefined();
    await fill("Lifetime in minutes", "60", dialog());
    await click("Issue token", dialog());
    expect(api.changes).toEqual([[`POST ${path}/tokens`, { scopes: ["voip"], expiresInMinutes: 60 }]]);
    expect([isDialogOpen(), announced()]).toEqual([false, "User alice got a token"]);
  });

  it("gets a token with the scopes that were chosen last, if no others are", async () => {
    const api = await openUser({});
    const choose = async (name?: string) => {
      await click("Issue token for user alice");
      if (name) fireEvent.click(within(dialog()).getByLabelText(name));
      await click("Issue token", dialog());
    };
    await choose("chat");
    await choose();
    await choose("chat");
    const both = { scopes: ["chat", "voip"] };
    expect(api.changes.map(([, body]) => body)).toEqual([both, both, { scopes: ["voip"] }]);
  });

  it("gets none if the service refuses, and the dialog says why", async () => {
    await openUser(
      {},
      {
        answers: {
          [`POST ${path}/tokens`]: new Refusal(400, {
            code: "ValidationFailed",
            message: "Too short",
            diagnosis: "60 to 1440",
            topic: "lifetime",
          }),
        },
      },
    );
    await click("Issue token for user alice");
    await click("Issue token", dialog());
    const [problem] = alerts();
    for (const text of ["400 ValidationFailed", "Too short", "60 to 1440"]) expect(problem).toContain(text);
    const help = within(dialog()).getByRole<HTMLAnchorElement>("link", { name: "How to fix this" });
    expect(help.getAttribute("href")).toBe("/help#lifetime");
  });

  it("has its tokens revoked at once", async () => {
    const api = await openUser({ tokens: [fresh] });
    await click("Revoke tokens of user alice");
    expect(api.changes).toEqual([[`DELETE ${path}/tokens`]]);
    expect(announced()).toBe("All tokens of user alice were revoked");
  });

  it("shows why its tokens couldn't be revoked in its own card", async () => {
    await openUser(
      {},
      { answers: { [`DELETE ${path}/tokens`]: new Refusal(500, { message: "Disk full" }) } },
    );
    await click("Revoke tokens of user alice");
    expect(within(card()).getByRole("alert").textContent).toContain("Disk full");
  });
});

describe("a user with more tokens than are listed", () => {
  const all = [fresh, soon, expired, revoked];

  it("shows the older ones when it is asked to, and says how many are missing then", async () => {
    const api = await openUser(
      { tokens: [fresh], tokenCount: 1005 },
      { answers: { [`GET ${path}/tokens`]: { tokens: all } } },
    );
    expect(within(card()).queryByText("chat.join")).toBeNull();
    await click("Show 1,004 older tokens of user alice");
    expect(api.reads.at(-1)).toBe(`GET ${path}/tokens?limit=1000`);
    expect(within(card()).getByText("chat.join")).toBeDefined();
    expect(within(card()).getByText("and 1,001 older")).toBeDefined();
    expect(hasButton(/^Show .* older/)).toBe(false);
  });

  it("moves the focus to the first of the older ones, because the button that showed them is gone", async () => {
    const tokens = [7, 6, 5, 4, 3].map((number) => tokenOf({ number, scopes: [`chat${number}`] }));
    const older = [tokenOf({ number: 2, scopes: ["chat"] }), tokenOf({ number: 1, scopes: ["voip"] })];
    await openUser(
      { tokens, tokenCount: 7 },
      { answers: { [`GET ${path}/tokens`]: { tokens: [...tokens, ...older] } } },
    );
    await click(/^Show 2 older/);
    expect(row("chat").contains(document.activeElement)).toBe(true);
  });

  it("reads all of them again once they have changed", async () => {
    const name = `GET ${path}/tokens`;
    const api = await openUser(
      { tokens: [fresh], tokenCount: 2 },
      { answers: { [name]: { tokens: [fresh, soon] } } },
    );
    await click(/^Show 1 older token/);
    api.answers[name] = { tokens: [fresh, { ...soon, revokedAt: "2030-01-02T09:59:00Z" }] };
    await click("Revoke tokens of user alice");
    expect(row("chat").textContent).toMatch(/revoked \d/);
  });

  it("has no such button if there are none", async () => {
    await openUser({ tokens: all });
    expect(hasButton(/older/)).toBe(false);
    expect(within(card()).queryByText(/older/)).toBeNull();
  });

  it("shows why they couldn't be read", async () => {
    const answers = { [`GET ${path}/tokens`]: new Refusal(500, { message: "Disk full" }) };
    await openUser({ tokens: [fresh], tokenCount: 2 }, { answers });
    await click("Show 1 older token of user alice");
    expect(within(card()).getByRole("alert").textContent).toContain("Disk full");
    expect(hasButton(/^Show 1 older/)).toBe(true);
  });
});
