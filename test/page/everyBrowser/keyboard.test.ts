import { expect, it } from "vitest";
import { describeInBrowser } from "../../helpers/browser/describeInBrowser.js";
import { benches, focusedName } from "../benches.js";

describeInBrowser("a keyboard user of the page", (browser) => {
  const bench = benches(browser);

  it("can close every dialog with Escape and return to the button that opened it", async () => {
    const { client, open } = await bench();
    await client.createUser();
    const page = await open();
    const openers: [opener: string, pane: string][] = [
      ["Regenerate… the primary key", "Settings"],
      ["Restore snapshot…", "Settings"],
      ["Reset all…", "Settings"],
      ["Inspect token", "Users"],
      ["New user", "Users"],
      ["Issue token for user", "Users"],
      ["Delete user", "Users"],
    ];
    for (const [name, pane] of openers) {
      await page.getByRole("link", { name: pane }).click();
      await page.getByRole("button", { name }).focus();
      const opener = await focusedName(page);
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("Escape");
      await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
      expect(await focusedName(page)).toBe(opener);
    }
  });

  it("can tab past 50 users after the buttons of one, and move between them with the arrow keys", async () => {
    const { client, open } = await bench({ users: Array.from({ length: 49 }, () => ({})) });
    const { communicationUserId } = await client.createUser();
    const newest = communicationUserId.split("_")[1];
    const page = await open();
    await page.locator(".user").nth(49).waitFor();
    await page.getByRole("button", { name: "New user" }).focus();
    const stops: string[] = [];
    for (let stop = 0; stop < 2; stop++) {
      await page.keyboard.press("Tab");
      stops.push(await focusedName(page));
    }
    expect(stops).toEqual([`Show user ${newest}`, `Copy id of user ${newest}`]);
    expect(await page.locator('.user button:not([tabindex="-1"])').count()).toBe(2);

    const place = () =>
      page.evaluate(() => {
        const row = document.activeElement?.closest(".rows > *");
        return [
          [...(row?.parentElement?.children ?? [])].indexOf(row as Element),
          document.activeElement?.textContent,
        ];
      });
    await page.getByRole("button", { name: `Copy id of user ${newest}` }).focus();
    await page.getByText("↑ ↓ previous or next user").waitFor({ state: "visible" });
    await page.keyboard.press("ArrowUp");
    expect(await place()).toEqual([0, "Copy id"]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    expect(await place()).toEqual([2, "Copy id"]);
    await page.keyboard.press("End");
    expect(await place()).toEqual([49, "Copy id"]);
    await page.keyboard.press("Home");
    expect(await place()).toEqual([0, "Copy id"]);
    // The list remembers its position for when focus returns.
    await page.keyboard.press("ArrowDown");
    await page.getByRole("button", { name: "New user" }).focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    expect(await place()).toEqual([1, "Copy id"]);
  });

  it("can open requests with the arrow keys, Enter, J and K, and return to the row with Escape", async () => {
    const { client, open } = await bench();
    for (let number = 0; number < 3; number++) await client.createUser();
    const page = await open();
    await page.locator(".request").nth(2).waitFor();
    const title = () => page.locator("#request-title:focus").count();
    const current = () =>
      page.locator(".request a").evaluateAll((rows) => rows.map((row) => row.ariaCurrent === "true"));
    await page.getByLabel("Only failures").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect.poll(current).toEqual([false, true, false]);
    await expect.poll(title).toBe(1);
    await page.keyboard.press("j");
    await expect.poll(current).toEqual([false, false, true]);
    await page.keyboard.press("k");
    await page.keyboard.press("k");
    await expect.poll(current).toEqual([true, false, false]);
    await expect.poll(title).toBe(1);
    await page.keyboard.press("Escape");
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute("href")))
      .toBe("#/request-3");
    expect(await page.locator("#request-title").count()).toBe(0);
    await page.keyboard.press("/");
    await page.keyboard.type("j/k");
    expect(await page.getByRole("searchbox", { name: "Filter requests" }).inputValue()).toBe("j/k");
  });

  it("is at the heading of a pane after its link and after Back, one Tab before its first control", async () => {
    const { client, open } = await bench();
    await client.createUser();
    const page = await open();
    const focused = (name: RegExp) => expect.poll(() => focusedName(page)).toMatch(name);
    // A link of the header has the name of the heading to which it leads.
    const focusedHeading = (name: string) => page.locator("h2:focus", { hasText: name }).waitFor();
    const follow = (name: string) =>
      page.getByRole("navigation").getByRole("link", { name }).last().press("Enter");
    await focused(/^$/);
    for (const [name, first] of [
      ["Settings", /^Show the primary key/],
      ["Simulate", /^429/],
      ["Entra ID", /^Copy command/],
      ["Users", /^Search users/],
    ] as const) {
      await follow(name);
      await focusedHeading(name);
      // Before the pane has read what it shows, Tab leads out of the page.
      await page.locator(".pane:not([hidden]) :is(button, summary, input)").first().waitFor();
      await page.keyboard.press("Tab");
      await focused(first);
    }
    await page.goBack();
    await focusedHeading("Entra ID");
    await page.goForward();
    await focusedHeading("Users");

    await page.locator(".request a").click();
    await focused(/^createUser/);
    await page.goBack();
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute("href")))
      .toBe("#/request-1");

    await page.setViewportSize({ width: 390, height: 500 });
    await follow("Requests");
    await focusedHeading("Requests");
    await follow("Settings");
    await focusedHeading("Settings");
    expect(await page.evaluate(() => scrollY)).toBe(0);
  });

  it("moves past what was changed on the page, which has no controls", async () => {
    const { client, open } = await bench();
    await client.createUserAndToken(["chat"]);
    const page = await open();
    await page.getByRole("button", { name: "Revoke" }).click();
    await page.locator(".own-change").waitFor();
    await client.createUser();
    await page.locator(".request").nth(1).waitFor();
    await page.locator(".request a").first().focus();
    await page.keyboard.press("ArrowDown");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("href"))).toBe("#/request-1");
  });

  it("can see the focus at every stop", async () => {
    const { client, open } = await bench();
    await client.createUserAndToken(["chat"]);
    const page = await open();
    await page.locator(".token").waitFor();
    const names: string[] = [];
    // Browsers differ in what comes after the last stop.
    while (!names.at(-1)?.startsWith("Expire")) {
      await page.keyboard.press("Tab");
      const { name, outline, room } = await page.evaluate(() => {
        const node = document.activeElement ?? document.body;
        const style = getComputedStyle(node);
        const { left, top } = node.getBoundingClientRect();
        const outer = Number.parseFloat(style.outlineOffset) + Number.parseFloat(style.outlineWidth);
        return {
          name: node.getAttribute("aria-label") ?? node.textContent ?? "",
          outline: node === document.body || style.outlineStyle !== "none" || style.accentColor !== "auto",
          room: Math.min(left, top) - outer,
        };
      });
      expect(outline, name).toBe(true);
      expect(room, name).toBeGreaterThanOrEqual(0);
      names.push(name);
    }
    const order = [
      "Skip to requests",
      "Skip to the pane",
      "Users",
      "Settings",
      "Time",
      "Copy connection string",
      "Show key",
      "Clear",
      "New user",
      "Delete user",
      "Copy token chat",
      "Expire by moving time: token chat",
    ];
    const places = order.map((start) => names.findIndex((name) => name.startsWith(start)));
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(places).not.toContain(-1);
  });
});
