// @vitest-environment happy-dom
import { within } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import { announced, click, dialog, hasButton, infoOf, Refusal, settle, tokenOf } from "../openPage.js";
import { card, expired, fresh, openUser, revoked, row, soon } from "./aliceCard.js";

describe("a token", () => {
  it("says how long it lasts, whether it has expired or was revoked, and its scopes", async () => {
    await openUser({ tokens: [fresh, soon, expired, revoked] });
    expect(row("voip").textContent).toContain("30 min left");
    expect(row("chat").textContent).toContain("9 min left");
    expect(row("chat.join").textContent).toMatch(/expired \d/);
    expect(row("voip.join").textContent).toMatch(/revoked \d/);
  });

  it("counts the time that it has left, and expires", async () => {
    await openUser({ tokens: [tokenOf({ expiresOn: "2030-01-02T10:01:10Z" })] });
    await settle(5000);
    expect(row("voip").textContent).toContain("1 min 5 s left");
    await settle(66_000);
    expect(row("voip").textContent).toMatch(/expired \d/);
    expect(hasButton(/^Expire by moving time/)).toBe(false);
  });

  it("stays valid for a while after it was revoked if the emulator was started so", async () => {
    const tokens = [tokenOf({ revokedAt: "2030-01-02T09:59:58Z" })];
    await openUser({ tokens }, { info: infoOf({ revocationDelayInMs: 10_000 }) });
    expect(row("voip").textContent).toContain("revoked in 8 s");
    expect(hasButton(/^Expire by moving time/)).toBe(false);
  });

  it("can be copied, which asks the emulator for it", async () => {
    const api = await openUser({ tokens: [fresh] }, { answers: { "GET /tokens/7": { token: "e.y.J" } } });
    await click(/^Copy token voip/);
    expect(api.copied).toBe("e.y.J");
    expect(announced()).toMatch(/^Copied token voip/);
  });

  it("that can't be read isn't called copied, and the page says why", async () => {
    const answers = { "GET /tokens/7": new Refusal(404, { message: "It's gone" }) };
    const api = await openUser({ tokens: [fresh] }, { answers });
    await click(/^Copy token voip/);
    expect([api.copied, announced()]).toEqual([undefined, "It's gone"]);
  });

  it("expires by moving the emulator's time a second past it, if it hasn't yet and wasn't revoked", async () => {
    const api = await openUser({ tokens: [fresh, soon, expired, revoked] });
    const can = (scopes: string) => hasButton(/^Expire by moving time/, row(scopes));
    expect(["voip", "chat", "chat.join", "voip.join"].map(can)).toEqual([true, true, false, false]);
    await click(/^Expire by moving time/, row("voip"));
    expect(api.changes).toEqual([["POST /clock", { set: Date.parse("2030-01-02T10:30:01Z") }]]);
    expect(announced()).toMatch(/^The time is Jan 3, 2030.* for everybody, past the token's expiry$/);
  });

  it("of a user that was deleted is void, and has no buttons", async () => {
    const api = await openUser({ tokens: [fresh] });
    await click("Delete user alice");
    api.users = [];
    await click("Delete user", dialog());
    expect(row("voip").textContent).toContain("void");
    expect(within(row("voip")).queryAllByRole("button")).toEqual([]);
    expect(within(card()).getByText(/^deleted .* Its token is void\.$/)).toBeDefined();
  });
});
