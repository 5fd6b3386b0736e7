import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { AzureKeyCredential, CommunicationIdentityClient } from "../../src/index.js";
import { describeInBrowser } from "../helpers/browser/describeInBrowser.js";
import { benches, clipboardOf, focusedName, tabBackTo, tabTo, withClipboard } from "./benches.js";

describeInBrowser("a keyboard user of the page", (browser) => {
  const bench = benches(browser);

  it("does eight tasks, and always has the focus somewhere", async () => {
    const { client, emulator, open } = await bench();
    await client.createUser();
    const page = await open(withClipboard);
    const { keyboard } = page;
    const use = async (name: string | RegExp) => {
      await tabTo(page, name);
      await keyboard.press("Enter");
    };
    const useBefore = async (name: string | RegExp) => {
      await tabBackTo(page, name);
      await keyboard.press("Enter");
    };
    const focus = (name: RegExp) => expect.poll(() => focusedName(page)).toMatch(name);
    const copied = (text: RegExp) => expect.poll(() => clipboardOf(page)).toMatch(text);
    await keyboard.press("Tab");
    const losses = await lossesOfFocus(page);

    // 1. Create a user with a token, and copy that.
    await use("New user");
    await focus(/^chat$/);
    await keyboard.press("Enter");
    await focus(/^Copy token voip/);
    await keyboard.press("Enter");
    await copied(/^eyJ/);

    // 2. See what the token holds.
    await use(/^Inspect token voip/);
    await page.getByText(/^Valid until/).waitFor();
    await keyboard.press("Escape");
    await focus(/^Inspect token voip/);

    // 3. Let it expire.
    await use(/^Expire by moving time/);
    await page.locator('[data-state="expired"]').waitFor();

    // 4. Issue another one, revoke both, and delete the user.
    await useBefore(/^Issue token for user/);
    await focus(/^chat$/);
    await keyboard.press("Enter");
    await focus(/^Copy token voip/);
    await useBefore(/^Revoke tokens of user/);
    await page.locator('[data-state="revoked"]').nth(1).waitFor();
    await focus(/^Revoke tokens of user/);
    await use(/^Delete user/);
    await focus(/^Cancel$/);
    await use("Delete user");
    await focus(/^Dismiss deleted user/);
    await keyboard.press("Enter");
    await focus(/^Copy id of user/);

    // 5. Let a request fail, change one's mind, and go back to the time of this computer.
    await useBefore("Simulate");
    await use("429");
    await use("Stop 429");
    await expect.poll(() => page.locator("#active-faults").count()).toBe(0);
    await use("Back to now");
    await page.getByText("as on this computer").waitFor();

    // 6. Find out why a request was refused, and copy it.
    const stranger = new CommunicationIdentityClient(
      emulator.url,
      new AzureKeyCredential(btoa("another key")),
    );
    await stranger.createUser().catch(() => undefined);
    await page.locator('.request[data-outcome="failure"]').waitFor();
    await tabBackTo(page, /\d ms/);
    await keyboard.press("Home");
    await keyboard.press("Enter");
    await focus(/^createUser 401 Denied/);
    await use("Copy as curl");
    await copied(/^curl /);
    await keyboard.press("Escape");
    await focus(/createUser.*401 Denied/);

    // 7. Regenerate a key, and copy the new connection string.
    await useBefore("Settings");
    await use("Regenerate… the primary key");
    await use("Regenerate");
    await page.getByText("The primary key is new").first().waitFor();
    await focus(/^Regenerate… the primary key$/);
    await useBefore("Copy connection string with the primary key");
    const { connectionString } = emulator.service;
    await expect.poll(() => clipboardOf(page)).toBe(connectionString);

    // 8. Add somebody who can sign in, and delete whoever comes first.
    await useBefore("Entra ID");
    await use("Add a user or an application");
    await tabTo(page, /^Name/);
    await keyboard.type("carol@contoso.com");
    await keyboard.press("Enter");
    await page.getByRole("button", { name: "Delete carol@contoso.com" }).waitFor();
    await useBefore("Delete carol@contoso.com");
    await use("Delete");
    await focus(/^Delete |^Users and applications/);

    expect(await losses()).toEqual([]);
  });
});

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
