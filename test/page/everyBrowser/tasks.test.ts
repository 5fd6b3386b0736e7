import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { AzureKeyCredential, CommunicationIdentityClient } from "../../../src/index.js";
import { describeInBrowser } from "../../helpers/browser/describeInBrowser.js";
import {
  type Bench,
  benches,
  clipboardOf,
  focusedName,
  tabBackTo,
  tabTo,
  withClipboard,
} from "../benches.js";

describeInBrowser("a keyboard user of the page, who always has the focus somewhere,", (browser) => {
  const bench = benches(browser);

  it("creates a user, inspects its token and lets that expire, revokes another one, and deletes the user", async () => {
    const { client, emulator, open } = await bench();
    await client.createUser();
    const { page, use, useBefore, focus, copied, losses } = await keyboardOf(open);
    const { keyboard } = page;
    await use("Skip to the pane");
    await use("New user");
    await focus(/^chat$/);
    await tabTo(page, /^Custom id/);
    await keyboard.type("alice");
    await keyboard.press("Enter");
    await focus(/^Copy token voip issued /);
    await keyboard.press("Enter");
    const token = await copied(/^eyJ/);
    expect(await emulator.service.inspectToken(token)).toMatchObject({ valid: true });

    await use(/^Inspect token voip/);
    await page.getByText(/^Valid until/).waitFor();
    await keyboard.press("Escape");
    await focus(/^Inspect token voip/);
    await use(/^Expire by moving time/);
    await page.locator('[data-state="expired"]').waitFor();
    await focus(/^Inspect token voip/);

    await useBefore("Issue token for user alice");
    await focus(/^chat$/);
    await keyboard.press("Space");
    await keyboard.press("Enter");
    await focus(/^Copy token chat/);
    await useBefore("Revoke tokens of user alice", "Space");
    await page.locator('[data-state="revoked"]').nth(1).waitFor();
    await focus(/^Revoke tokens of user alice$/);
    const announced = page.getByRole("status").filter({ hasText: "All tokens of user alice were revoked" });
    await announced.waitFor();

    await use("Delete user alice");
    await focus(/^Cancel$/);
    await use("Delete user");
    await focus(/^Dismiss deleted user alice$/);
    await keyboard.press("Enter");
    await focus(/^Copy id of user/);
    expect(await losses()).toEqual([]);
  });

  it("lets a request fail, goes back to the time of this computer, and copies a request that was refused", async () => {
    const { emulator, open } = await bench();
    emulator.service.clock.advance({ hours: 1 });
    const { page, use, useBefore, focus, copied, losses } = await keyboardOf(open);
    await use("Simulate");
    await use("429");
    await page.locator("#active-faults").waitFor();
    await use("Stop 429");
    await focus(/^An outage$/);
    await use("Back to now");
    await page.getByText("as on this computer").waitFor();
    await focus(/^Back to now$/);

    const stranger = new CommunicationIdentityClient(
      emulator.url,
      new AzureKeyCredential(btoa("another key")),
    );
    await stranger.createUser().catch(() => undefined);
    await useBefore(/^[\d:.]+createUser.*401 Denied/);
    await focus(/^createUser 401 Denied/);
    await use(/^Copy as/);
    await copied(/^(?:curl|Invoke-WebRequest) /);
    await page.keyboard.press("Escape");
    await focus(/^[\d:.]+createUser.*401 Denied/);
    expect(await losses()).toEqual([]);
  });

  it("regenerates a key and copies the new one, and adds and deletes somebody who can sign in", async () => {
    const { emulator, open } = await bench();
    const { page, use, useBefore, focus, copied, losses } = await keyboardOf(open);
    await use("Settings");
    await use("Regenerate… the primary key");
    await use("Regenerate");
    await page.getByText("The primary key is new").first().waitFor();
    await focus(/^Regenerate… the primary key$/);
    await useBefore("Copy connection string with the primary key");
    expect(await copied(/^endpoint=/)).toBe(emulator.service.connectionString);

    await useBefore("Entra ID");
    await use("Add a user or an application");
    await tabTo(page, /^Name/);
    await page.keyboard.type("carol@contoso.com");
    await page.keyboard.press("Enter");
    await focus(/^Get token for carol@contoso.com$/);
    await use("Delete carol@contoso.com");
    await use("Delete");
    await focus(/^Delete /);
    expect(await losses()).toEqual([]);
  });
});

/** Opens the page, and returns what a keyboard does there. */
async function keyboardOf(open: Bench["open"]) {
  const page = await open(withClipboard);
  // Tests that share a browser share the clipboard.
  await page.evaluate(() => navigator.clipboard.writeText("nothing"));
  await page.keyboard.press("Tab");
  const losses = await lossesOfFocus(page);
  return {
    page,
    losses,
    use: async (name: string | RegExp, key = "Enter") => {
      await tabTo(page, name);
      await page.keyboard.press(key);
    },
    useBefore: async (name: string | RegExp, key = "Enter") => {
      await tabBackTo(page, name);
      await page.keyboard.press(key);
    },
    focus: (name: RegExp) => expect.poll(() => focusedName(page)).toMatch(name),
    copied: async (text: RegExp) => {
      await expect.poll(() => clipboardOf(page)).toMatch(text);
      return clipboardOf(page);
    },
  };
}

/** Returns what tells after which controls nothing had the focus when the page was drawn. */
async function lossesOfFocus(page: Page): Promise<() => Promise<string[]>> {
  const losses = await page.evaluateHandle(() => {
    const after: string[] = [];
    let last = "";
    const look = () => {
      const node = document.activeElement;
      if (node !== document.body) last = node?.getAttribute("aria-label") ?? node?.textContent ?? "";
      else if (after.at(-1) !== last) after.push(last);
      requestAnimationFrame(look);
    };
    look();
    return after;
  });
  return () => losses.jsonValue();
}
