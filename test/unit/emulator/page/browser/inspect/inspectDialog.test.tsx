// @vitest-environment happy-dom
import { fireEvent, screen, within } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import {
  alerts,
  click,
  dialog,
  directoryOf,
  fill,
  infoOf,
  isDialogOpen,
  openPage,
  Refusal,
  settle,
  tokenOf,
  userOf,
} from "../openPage.js";

const encoded = (value: object) => btoa(JSON.stringify(value)).replaceAll("=", "");
const jwt = `${encoded({ alg: "RS256" })}.${encoded({ skypeid: "acs:alice", exp: 1893580200, csi: "1893576600", scp: 1792 })}.x`;

const valid = {
  valid: true,
  message: "The token is valid.",
  userId: "8:acs:resource_alice",
  scopes: ["voip", "chat"],
  issuedAt: "2030-01-02T09:30:00Z",
  expiresOn: "2030-01-02T10:30:00Z",
};

/** The value beside a name in the dialog. */
const fact = (name: string) => within(dialog()).queryByText(name)?.nextSibling?.textContent;

async function inspectPasted(answer: unknown, token: string = jwt) {
  const api = await openPage("users", { answers: { "POST /tokens:inspect": answer } });
  await click("Inspect token");
  await fill("Token", `  ${token} `);
  await click("Inspect", dialog());
  return api;
}

describe("a token that was pasted", () => {
  it("is sent without the blanks around it, and called valid with its end, user, scopes and claims", async () => {
    const api = await inspectPasted(valid);
    expect(api.changes).toEqual([["POST /tokens:inspect", { token: jwt }]]);
    expect(within(dialog()).getByText(/^Valid until Jan 2, 2030/)).toBeDefined();
    expect([fact("User"), fact("Scopes")]).toEqual(["8:acs:resource_alice", "voip, chat"]);
    expect(fact("Issued")).toContain("Jan 2, 2030");
    expect(fact("Expires")).toBeUndefined();
    expect(screen.getByText("Claims")).toBeDefined();
    expect([fact("skypeid"), fact("scp")]).toEqual(["acs:alice", "1792"]);
    expect(fact("exp")).toMatch(/^1893580200 · Jan 2, 2030/);
    expect(fact("csi")).toMatch(/^1893576600 · Jan 2, 2030/);
    expect(within(dialog()).queryByText(/can't decode/)).toBeNull();
  });

  it("is found behind its name in a line of a log", async () => {
    const api = await inspectPasted(valid, `token: "${jwt}",`);
    expect(api.changes).toEqual([["POST /tokens:inspect", { token: jwt }]]);
  });

  it("has the names of whom the emulator knows beside their ids", async () => {
    const [oid, tid, other] = [5, 6, 7].map((digit) => `00ac5000-0b0b-4717-8000-00000000000${digit}`);
    const directory = directoryOf({ tenantId: tid ?? "", users: [{ objectId: oid, name: "Bob" }] as never });
    const answers = { "POST /tokens:inspect": { ...valid, userId: "8:acs:resource_bob" } };
    await openPage("users", {
      answers,
      directory,
      users: [userOf({ id: "8:acs:resource_bob", customId: "bob@app" })],
    });
    await click("Inspect token");
    const { resourceId } = infoOf();
    await fill("Token", `${encoded({ alg: "RS256" })}.${encoded({ oid, tid, other, resourceId })}.x`);
    await click("Inspect", dialog());
    expect(["User", "oid", "tid", "other", "resourceId"].map(fact)).toEqual([
      "8:acs:resource_bob (bob@app)",
      `${oid} · Bob`,
      `${tid} · the emulator's tenant`,
      other,
      `${resourceId} · the emulator's resource`,
    ]);
  });

  it("has its facts in line with its claims, since no box around one of the lists insets it", async () => {
    await inspectPasted(valid);
    const lists = [...dialog().querySelectorAll(".facts")];
    expect(lists.map(({ parentElement }) => parentElement?.getAttribute("role"))).toEqual([
      "status",
      "status",
    ]);
  });

  it("is called what the emulator says if it isn't valid, with when it expires", async () => {
    await inspectPasted({ ...valid, valid: false, message: "The token has expired." });
    expect(within(dialog()).getByText("The token has expired.")).toBeDefined();
    expect(within(dialog()).queryByText(/^Valid until/)).toBeNull();
    expect(fact("Expires")).toContain("Jan 2, 2030");
  });

  it("is called what the emulator says if it was revoked, and is valid for some seconds more", async () => {
    await inspectPasted({ ...valid, revokedAt: "2030-01-02T09:59:59Z", message: "It ends in 5 s." });
    expect(within(dialog()).getByText("It ends in 5 s.")).toBeDefined();
  });

  it("has no claims to show if it can't be decoded, and the dialog says that this is allowed", async () => {
    await inspectPasted({ ...valid, encrypted: true }, "a.b.c.d.e");
    expect(within(dialog()).getByText(/Clients can't decode this token, which is allowed/)).toBeDefined();
    expect(screen.queryByText("Claims")).toBeNull();
  });

  it("is asked for if there is none", async () => {
    const api = await inspectPasted(valid, "");
    expect(within(dialog()).getByText("Paste a token to inspect.")).toBeDefined();
    expect(api.changes).toEqual([]);
  });

  it("keeps no verdict of the one before if the emulator refuses it", async () => {
    const api = await inspectPasted(valid);
    api.answers["POST /tokens:inspect"] = new Refusal(400, { message: "Too long" });
    await click("Inspect", dialog());
    expect(alerts()).toEqual([expect.stringContaining("Too long")]);
    expect(within(dialog()).queryByText(/^Valid until/)).toBeNull();
    await click("Close", dialog());
    expect(isDialogOpen()).toBe(false);
  });
});

describe("a token in the list", () => {
  it("is fetched, filled in and inspected at once", async () => {
    const user = userOf({ tokens: [tokenOf()] });
    const answers = { "GET /tokens/7": { token: jwt }, "POST /tokens:inspect": valid };
    const api = await openPage("users", { users: [user], answers });
    await click(/^Inspect token voip/);
    expect(within(dialog()).getByLabelText<HTMLTextAreaElement>("Token").value).toBe(jwt);
    expect(api.changes).toEqual([["POST /tokens:inspect", { token: jwt }]]);
    expect(within(dialog()).getByText(/^Valid until/)).toBeDefined();
  });

  it("isn't called anything if it can't be fetched, and the dialog says why", async () => {
    const user = userOf({ tokens: [tokenOf()] });
    const api = await openPage("users", {
      users: [user],
      answers: { "GET /tokens/7": new Refusal(404, { message: "It's gone" }) },
    });
    await click(/^Inspect token voip/);
    expect(alerts()).toEqual([expect.stringContaining("It's gone")]);
    expect(api.changes).toEqual([]);
  });
});

it.each(["a paste", "Enter"])("a token is inspected after %s", async (way) => {
  const api = await openPage("users", { answers: { "POST /tokens:inspect": valid } });
  await click("Inspect token");
  await fill("Token", jwt);
  const input = within(dialog()).getByLabelText("Token");
  fireEvent.keyDown(input, { key: "a" });
  await settle();
  expect(api.changes).toEqual([]);
  if (way === "Enter") fireEvent.keyDown(input, { key: "Enter" });
  else fireEvent.paste(input);
  await settle(1);
  expect(api.changes).toEqual([["POST /tokens:inspect", { token: jwt }]]);
});
