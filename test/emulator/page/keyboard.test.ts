import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { benches, clipboardOf, describeInChromium, withClipboard } from "./inChromium.js";

describeInChromium("the page by keyboard alone", (browser) => {
  const bench = benches(browser);

  it("creates, copies, issues, revokes and deletes, and never loses the focus", async () => {
    const { emulator, open } = await bench();
    const page = await open(withClipboard);
    await page.keyboard.press("Tab");
    expect(await focusedName(page)).toBe("Skip to users");
    await page.keyboard.press("Enter");
    await tabTo(page, "New user");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("placeholder"))).toBe("e.g. alice");
    await page.keyboard.type("alice");
    await page.keyboard.press("Enter");

    await expect.poll(() => focusedName(page)).toBe("Copy token 1");
    await page.keyboard.press("Enter");
    const first = await expectToken(page);
    expect(await emulator.service.inspectToken(first)).toMatchObject({ valid: true });

    await tabBackTo(page, "Issue token for user alice");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Space");
    await page.keyboard.press("Enter");
    await expect.poll(() => focusedName(page)).toBe("Copy token 2");

    await tabBackTo(page, "Revoke tokens of user alice");
    await page.keyboard.press("Space");
    await expect.poll(() => page.locator('[data-state="revoked"]').count()).toBe(2);
    expect(await focusedName(page)).toBe("Revoke tokens of user alice");
    expect(await page.locator("#announcement").textContent()).toBe("All tokens of user alice are revoked");

    await page.keyboard.press("Tab");
    expect(await focusedName(page)).toBe("Delete user alice");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect.poll(() => focusedName(page)).toBe("Dismiss deleted user alice");
    await page.keyboard.press("Enter");
    await expect.poll(() => focusedName(page)).toBe("New user");
  });

  it("closes every dialog with Escape and gives the focus back", async () => {
    const { client, open } = await bench();
    await client.createUser();
    const page = await open();
    for (const name of [
      "Faults",
      "Snapshot",
      "Reset all",
      "Entra token",
      "Teams token",
      "Assignments",
      "Inspect token",
      "New user",
      "Issue token for user",
      "Delete user",
    ]) {
      await page.getByRole("button", { name }).focus();
      const opener = await focusedName(page);
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("Escape");
      await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
      expect(await focusedName(page)).toBe(opener);
    }
  });

  it("skips all users, to the requests", async () => {
    const { client, open } = await bench();
    await client.createUserAndToken(["chat"]);
    const page = await open();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    expect(await focusedName(page)).toBe("Skip to requests");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("only-failures");
  });

  it("shows where the focus is, at every stop, in light and in dark", async () => {
    const { client, open } = await bench();
    await client.createUserAndToken(["chat"]);
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await open({ colorScheme });
      await page.locator(".token").waitFor();
      const names: string[] = [];
      for (let stop = 0; stop < 30; stop++) {
        await page.keyboard.press("Tab");
        const { name, outline } = await page.evaluate(() => {
          const node = document.activeElement ?? document.body;
          const style = getComputedStyle(node);
          return {
            name: node.getAttribute("aria-label") ?? node.textContent ?? "",
            outline: node === document.body || style.outlineStyle !== "none" || style.accentColor !== "auto",
          };
        });
        expect(outline, name).toBe(true);
        names.push(name);
      }
      const order = [
        "Skip to users",
        "Skip to requests",
        "Faults",
        "Snapshot",
        "Reset all",
        "+1 h",
        "Show key",
        "Assignments",
        "New user",
        "Delete user",
        "Copy token 1",
        "Clear",
      ];
      const places = order.map((start) => names.findIndex((name) => name.startsWith(start)));
      expect(places).toEqual([...places].sort((one, other) => one - other));
      expect(places).not.toContain(-1);
    }
  });
});

function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const node = document.activeElement;
    return node?.getAttribute("aria-label") ?? node?.textContent ?? "";
  });
}

async function tabTo(page: Page, name: string, key = "Tab"): Promise<void> {
  for (let stop = 0; stop < 40; stop++) {
    await page.keyboard.press(key);
    if ((await focusedName(page)) === name) return;
  }
  throw new Error(`${key} does not lead to ${name}`);
}

function tabBackTo(page: Page, name: string): Promise<void> {
  return tabTo(page, name, "Shift+Tab");
}

async function expectToken(page: Page): Promise<string> {
  await expect.poll(() => clipboardOf(page)).toMatch(/^eyJ/);
  return clipboardOf(page);
}
