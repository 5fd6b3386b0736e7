// @vitest-environment happy-dom
import { fireEvent, screen } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import {
  alerts,
  announced,
  click,
  closePage,
  dialog,
  infoOf,
  isDialogOpen,
  openPage,
  Refusal,
  requestOf,
  settle,
  tokenOf,
  userOf,
} from "./openPage.js";

const main = () => screen.getByRole("main");
const key = async (name: string, target: Element = document.body) => {
  fireEvent.keyDown(target, { key: name });
  await settle();
};

describe("the page", () => {
  it("says that the emulator doesn't respond, until it does", async () => {
    const api = await openPage("users", { users: [userOf({ customId: "alice" })] });
    api.answers["GET /info"] = new Refusal(503, { message: "Out of order" });
    await settle(1000);
    expect(alerts()).toEqual([expect.stringContaining("Out of order")]);
    expect(main().className).toBe("stale");
    expect(screen.getByText("alice")).toBeDefined();
    delete api.answers["GET /info"];
    await settle(5000);
    expect([alerts(), main().className]).toEqual([[], ""]);
  });

  it("says on each button that copies what it copies", async () => {
    const users = [userOf({ id: "i".repeat(200), tokens: [tokenOf()] })];
    for (const [place, what] of [
      ["settings", ["Copy endpoint"]],
      ["users", ["Copy token", "Copy all"]],
    ] as const) {
      await openPage(place, { users });
      const texts = screen.getAllByText(/^Copy/).map(({ textContent }) => textContent);
      expect(texts).toEqual(expect.arrayContaining(["Copy connection string", ...what]));
      expect(texts).not.toContain("Copy");
      closePage();
    }
  });

  it("starts over with an emulator that takes the place of the one before", async () => {
    const api = await openPage("request-1", { requests: [requestOf()] });
    api.requests = [];
    api.info = infoOf({ startId: "second" });
    await settle(1000);
    expect(announced()).toBe("The emulator was restarted");
    expect(location.hash).not.toBe("#/request-1");
    expect(screen.getByText("The emulator was restarted", { selector: "li *" })).toBeDefined();
  });

  it("says once that the emulator was reset elsewhere, even if that goes on, and closes what is gone", async () => {
    const api = await openPage("request-1", {
      requests: [requestOf()],
      users: [userOf({ customId: "alice" })],
    });
    const said = "The emulator was reset, or a snapshot was restored";
    const isShown = () => screen.queryAllByText(said, { selector: "#feedback" }).length > 0;
    const rows = () => screen.queryAllByText(said, { selector: "li *" }).length;
    Object.assign(api, { requests: [], users: [], info: infoOf({ resets: 1, revision: 2 }) });
    await settle(1000);
    expect([announced(), location.hash, rows()]).toEqual([said, "#/users", 1]);
    expect(screen.getByText("No users yet")).toBeDefined();
    const announcement = screen.getByText(said, { selector: "[role=status] *" });
    api.info = infoOf({ resets: 2, revision: 3 });
    await settle(4500);
    api.info = infoOf({ resets: 3, revision: 4 });
    await settle(1000);
    // An element that came instead would be announced, too.
    expect(announcement.isConnected).toBe(true);
    expect([isShown(), rows()]).toEqual([true, 1]);
    expect(screen.queryByText("this page")).toBeNull();
    await settle(5000);
    expect(isShown()).toBe(false);
  });

  it("shows for five seconds what was done, and announces it", async () => {
    await openPage("simulate");
    await click("429");
    const shown = () => screen.queryAllByText("The next request gets: 429").length;
    const before = shown();
    await settle(4900);
    expect(shown()).toBe(before);
    await settle(200);
    expect(shown()).toBe(before - 1);
  });

  it("shows for five seconds what was done last, even if something else was done just before", async () => {
    await openPage("simulate");
    await click("429");
    await settle(3000);
    await click("500");
    const shown = () => screen.queryAllByText("The next request gets: 500").length;
    const before = shown();
    await settle(4900);
    expect(shown()).toBe(before);
  });

  it("opens one dialog at a time, and closes it when it was cancelled", async () => {
    await openPage("users");
    expect(isDialogOpen()).toBe(false);
    await click("Inspect token");
    await click("New user");
    expect(dialog().textContent).toContain("New user");
    await click("Cancel", dialog());
    expect(isDialogOpen()).toBe(false);
  });

  it("closes a dialog when Back leads elsewhere", async () => {
    await openPage("users");
    await click("New user");
    dispatchEvent(new Event("hashchange"));
    await settle();
    expect(isDialogOpen()).toBe(false);
  });

  it("leads from a link of its header to the heading of the pane, which opens without the focus", async () => {
    await openPage("users");
    const { activeElement } = document;
    for (const [name, title] of [
      ["Settings", "Settings"],
      [/^Users/, /^Users/],
    ] as const) {
      const link = screen.getByRole("link", { name });
      link.focus();
      await click(name, document.body, "link");
      expect(document.activeElement).toBe(screen.getByRole("heading", { name: title, level: 2 }));
    }
    expect(activeElement).toBe(document.body);
  });

  it("leaves the document alone once it is gone", async () => {
    await openPage("request-1", { requests: [requestOf()] });
    closePage();
    const dialog = document.createElement("dialog");
    document.body.append(dialog);
    dialog.showModal();
    await key("Escape");
    dispatchEvent(new Event("hashchange"));
    const { title } = document;
    document.title = "another page";
    dispatchEvent(new Event("hashchange"));
    expect([location.hash, dialog.open, document.title]).toEqual(["#/request-1", true, "another page"]);
    dialog.remove();
    document.title = title;
  });

  it("keeps a name from turning the rest of a sentence round", async () => {
    await openPage("users", { users: [userOf({ customId: "\u202ealice" })] });
    await click(/^Revoke tokens/);
    expect(announced()).toBe("All tokens of user \\u202ealice were revoked");
  });
});

describe("the keys", () => {
  const requests = [3, 2, 1].map((number) => requestOf({ number }));

  it("J and K open the next and the previous request, and Escape closes it", async () => {
    await openPage("users", { requests });
    const list = screen.getByRole("list", { name: "Requests" });
    await click(/createUser/, list.firstElementChild as HTMLElement, "link");
    expect(location.hash).toBe("#/request-3");
    const [link] = list.querySelectorAll("a");
    for (const [name, number] of [
      ["j", 2],
      ["j", 1],
      ["k", 2],
      ["k", 3],
    ] as const) {
      await key(name, link);
      expect(location.hash).toBe(`#/request-${number}`);
    }
    await key("Escape", link);
    expect(location.hash).toBe("#/users");
  });
});
