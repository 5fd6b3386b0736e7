// @vitest-environment happy-dom
import { screen } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import {
  alerts,
  announced,
  click,
  dialog,
  field,
  hasButton,
  infoOf,
  isDialogOpen,
  openPage,
  Refusal,
  settle,
  userOf,
} from "../openPage.js";

const { origin } = location;
const key = (text: string) => btoa(`acs-identity emulator: ${text}`);

describe("an access key", () => {
  it.each([
    ["primary", "first"],
    ["secondary", "second"],
  ])(
    "the %s one is copied alone, and in a connection string with the page's endpoint",
    async (name, text) => {
      const api = await openPage("settings");
      await click(`Copy key, ${name}`);
      expect(api.copied).toBe(key(text));
      expect(announced()).toBe(`Copied key, ${name}`);
      await click(`Copy connection string with the ${name} key`);
      expect(api.copied).toBe(`endpoint=${origin}/;accesskey=${key(text)}`);
    },
  );

  it.each([
    ["primary", "Primary", "connectionString"],
    ["secondary", "Secondary", "secondaryConnectionString"],
  ] as const)(
    "the %s one is regenerated once that is confirmed, and its pane says what to do once it has the new one",
    async (name, keyType, member) => {
      const api = await openPage("settings");
      const isNew = () => screen.queryByText(/is new\. Apps with the former one get 401/) !== null;
      await click(`Regenerate… the ${name} key`);
      expect(dialog().textContent).toContain(`Regenerate the ${name} key?`);
      expect([api.changes, isNew()]).toEqual([[], false]);
      await click("Regenerate", dialog());
      expect(api.changes).toEqual([["POST /keys/regenerate", { keyType }]]);
      expect([isDialogOpen(), isNew()]).toEqual([false, false]);
      expect(announced()).toBe(`The ${name} key was regenerated`);
      api.info = infoOf({ [member]: `endpoint=${origin}/;accesskey=${key("third")}` });
      await settle(1000);
      await click(`Copy key, ${name}`);
      expect([isNew(), api.copied]).toEqual([true, key("third")]);
      expect(screen.getByText(/is new\. Apps/).textContent).toContain(`The ${name} key is new.`);
    },
  );

  it("stays as it is if the dialog is cancelled, or if the emulator refuses", async () => {
    const api = await openPage("settings", {
      answers: { "POST /keys/regenerate": new Refusal(500, { message: "No key" }) },
    });
    await click("Regenerate… the primary key");
    await click("Cancel", dialog());
    expect([api.changes, isDialogOpen()]).toEqual([[], false]);
    await click("Regenerate… the primary key");
    await click("Regenerate", dialog());
    expect(alerts()).toEqual([expect.stringContaining("No key")]);
    expect([isDialogOpen(), screen.queryByText(/is new\. Apps/)]).toEqual([true, null]);
  });

  it("is called well-known if every emulator has it by default", async () => {
    const own = `endpoint=http://127.0.0.1:7311/;accesskey=${btoa("a key of somebody's own")}`;
    await openPage("settings", { info: infoOf({ secondaryConnectionString: own }) });
    expect(screen.getAllByText("well-known")).toHaveLength(1);
  });
});

describe("the emulator's state", () => {
  it("is saved by a link to its snapshot", async () => {
    await openPage("settings");
    const link = screen.getByRole<HTMLAnchorElement>("link", { name: "Save snapshot" });
    expect([new URL(link.href).pathname, link.download]).toEqual([
      "/_emulator/snapshot",
      "acs-identity-snapshot.json",
    ]);
  });

  it("is restored from the file that was chosen", async () => {
    const api = await openPage("settings");
    await click("Restore snapshot…");
    await click("Restore", dialog());
    expect(screen.getByText("Choose a snapshot to restore.")).toBeDefined();
    expect(api.changes).toEqual([]);
    Object.assign(field("Snapshot file"), { files: [new File(["{}"], "snapshot.json")] });
    await click("Restore", dialog());
    expect(api.changes).toEqual([["PUT /snapshot", expect.any(Blob)]]);
    expect([isDialogOpen(), announced()]).toEqual([false, "The snapshot was restored"]);
  });

  it("has no users any more that were deleted here before it was restored", async () => {
    const api = await openPage("users", { users: [userOf({ customId: "alice" })] });
    await click("Delete user alice");
    api.users = [];
    await click("Delete user", dialog());
    await click("Settings", document.body, "link");
    api.answers["PUT /snapshot"] = () => {
      api.info = infoOf({ resets: 1 });
    };
    await click("Restore snapshot…");
    Object.assign(field("Snapshot file"), { files: [new File(["{}"], "snapshot.json")] });
    await click("Restore", dialog());
    await click(/^Users/, document.body, "link");
    expect(hasButton("Dismiss deleted user alice")).toBe(false);
  });

  it("is reset once that is confirmed, and the page forgets what it did", async () => {
    const user = userOf({ customId: "alice" });
    const api = await openPage("users", { users: [user] });
    await click("Delete user alice");
    api.users = [];
    await click("Delete user", dialog());
    expect(hasButton("Dismiss deleted user alice")).toBe(true);
    await click("Settings", document.body, "link");
    api.answers["POST /reset"] = () => {
      api.info = infoOf({ resets: 1 });
    };
    await click("Reset all…");
    expect(api.changes).toHaveLength(1);
    await click("Reset all", dialog());
    expect(api.changes.slice(1)).toEqual([["POST /reset"]]);
    expect([isDialogOpen(), announced()]).toEqual([false, "Everything was reset"]);
    expect(screen.queryByText("User alice was deleted")).toBeNull();
    await click(/^Users/, document.body, "link");
    expect(hasButton("Dismiss deleted user alice")).toBe(false);
  });
});

describe("what the emulator is", () => {
  it.each([
    ["strict", /^Strict: requests that deviate/],
    ["standard", /^Default: known quirks/],
    ["loose", /^Loose: any API version/],
  ] as const)(
    "says that its checks are %s, and its version, endpoint and resource",
    async (strictness, text) => {
      const api = await openPage("settings", { info: infoOf({ strictness }) });
      for (const each of [text, "1.2.3", `${origin}/`, api.info.resourceId])
        expect(screen.getByText(each), `${each}`).toBeDefined();
      await click("Copy endpoint");
      expect(api.copied).toBe(`${origin}/`);
    },
  );
});
