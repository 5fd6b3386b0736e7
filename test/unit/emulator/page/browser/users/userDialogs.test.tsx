// @vitest-environment happy-dom
import { fireEvent, screen, within } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import {
  announced,
  click,
  dialog,
  fill,
  isDialogOpen,
  openPage,
  Refusal,
  settle,
  tokenOf,
  userOf,
} from "../openPage.js";

const search = "Search users by id or custom id";
const alice = userOf({ customId: "alice", tokens: [tokenOf()] });
const lists = (reads: readonly string[]) => reads.filter((each) => each.startsWith("GET /users?"));

describe("the deletion of a user", () => {
  const openRefusing = (refusal: Refusal) =>
    openPage("users", {
      users: [alice],
      answers: { [`DELETE /users/${encodeURIComponent(alice.id)}`]: refusal },
    });

  it("that is gone meanwhile is no error", async () => {
    const api = await openRefusing(new Refusal(404, { message: "There is no user with this id" }));
    await click("Delete user alice");
    api.users = [];
    await click("Delete user", dialog());
    expect([isDialogOpen(), announced()]).toEqual([false, "User alice was deleted already"]);
  });

  it("that fails for another reason keeps the dialog open, which says why", async () => {
    await openRefusing(new Refusal(500, { message: "Disk full" }));
    await click("Delete user alice");
    await click("Delete user", dialog());
    expect(within(dialog()).getByRole("alert").textContent).toContain("Disk full");
    expect(announced()).toBe("");
  });
});

describe("a new user", () => {
  const create = (changes: object = {}) =>
    openPage("users", { answers: { "POST /users": { ...alice, accessToken: { token: "t" }, ...changes } } });
  const scope = (name: string) => within(dialog()).getByLabelText<HTMLInputElement>(name);

  it("gets the custom id, the scopes and the lifetime that were entered, and the next form has the same scopes", async () => {
    const api = await create();
    await click("New user");
    expect([scope("voip").checked, scope("chat").checked]).toEqual([true, false]);
    await fill("Custom id", "alice", dialog());
    await fill("Other scope", "new.scope", dialog());
    await fill("Lifetime in minutes", "90", dialog());
    fireEvent.click(scope("chat"));
    await click("Create user", dialog());
    expect(api.changes).toEqual([
      ["POST /users", { customId: "alice", scopes: ["chat", "voip", "new.scope"], expiresInMinutes: 90 }],
    ]);
    expect([isDialogOpen(), announced()]).toEqual([false, "User alice was created with a token"]);
    await click("New user");
    expect([scope("voip").checked, scope("chat").checked]).toEqual([true, true]);
    fireEvent.click(scope("chat"));
    await click("Create user", dialog());
    expect(api.changes[1]).toEqual(["POST /users", { scopes: ["voip"] }]);
  });

  it("has no token if no scope was chosen", async () => {
    const api = await create({ accessToken: undefined, customId: undefined });
    await click("New user");
    fireEvent.click(scope("voip"));
    await click("Create user", dialog());
    expect(api.changes).toEqual([["POST /users", {}]]);
    expect(announced()).toBe("User …0a11ce was created");
    await click("New user");
    fireEvent.click(scope("voip"));
    await click("Create user", dialog());
  });

  it("isn't created with a lifetime that is no number, or if the dialog is cancelled", async () => {
    const api = await create();
    await click("New user");
    await fill("Lifetime in minutes", "an hour", dialog());
    await click("Create user", dialog());
    expect(screen.getByText("Enter the lifetime in whole minutes, such as 60.")).toBeDefined();
    await click("Cancel", dialog());
    expect([api.changes, isDialogOpen()]).toEqual([[], false]);
  });

  it("is shown even if a search hides it", async () => {
    const api = await create();
    fireEvent.input(screen.getByLabelText(search), { target: { value: "nobody" } });
    await settle(120);
    await click("New user");
    await click("Create user", dialog());
    expect(lists(api.reads).at(-1)).toMatch(/search=$/);
    expect(screen.getByLabelText<HTMLInputElement>(search).value).toBe("");
  });
});
