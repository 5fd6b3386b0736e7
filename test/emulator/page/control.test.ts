import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { CommunicationIdentityClient } from "../../../src/index.js";
import { describeInBrowser } from "../../browser/describeInBrowser.js";
import { benches, clipboardOf, withClipboard } from "./benches.js";

describeInBrowser("a developer who sets up the emulator", (browser) => {
  const bench = benches(browser);

  it("copies starter code that runs", async () => {
    const { emulator, open } = await bench();
    const page = await open(withClipboard);
    expect(await page.locator("#snippet").textContent()).not.toContain(emulator.service.accessKey);
    await page.getByRole("button", { name: "Copy code" }).click();
    await expect.poll(() => clipboardOf(page)).toContain(emulator.connectionString);
    const [first, ...lines] = (await clipboardOf(page)).trim().split("\n");
    expect(first).toBe('import { CommunicationIdentityClient } from "acs-identity";');
    expect(lines).toHaveLength(2);
    const app = new Function("CommunicationIdentityClient", `return (async () => {${lines.join("\n")}})()`);
    await app(CommunicationIdentityClient);
    await page.getByText("1 active").waitFor();
    expect(await page.locator("#users-empty").isVisible()).toBe(false);
  });

  it("sees the waiting faults, clears them and adds some", async () => {
    const { client, emulator, open } = await bench();
    emulator.service.failNext({ status: 503, code: "Busy", retryAfterInSeconds: 2, times: 2 });
    emulator.service.failNext({ drop: "after", delayInMs: 500, operation: "getToken" });
    const page = await open();
    const waiting = (text: string) => page.locator(".unusual", { hasText: text }).waitFor();
    await page.getByRole("link", { name: "3 faults waiting" }).click();
    const faults = page.locator("#waiting-faults li");
    await expect
      .poll(() => faults.allTextContents())
      .toEqual([
        "503 Busy, Retry-After 2, 2 times",
        "500 ms delay, connection dropped after processing, getToken only, once",
      ]);
    await page.getByRole("button", { name: "Clear 3 faults" }).click();
    await expect.poll(() => faults.count()).toBe(0);
    expect(await page.locator("#announcement").textContent()).toBe("The faults were cleared");

    await page.getByText("Several times, for one method").click();
    await page.getByLabel("Times").fill("many");
    await page.getByRole("button", { name: "Add fault" }).click();
    await page.getByRole("alert").getByText("Enter how often, such as 3.").waitFor();
    expect(await page.getByLabel("Times").evaluate((node) => node === document.activeElement)).toBe(true);
    await page.getByLabel("Times").fill("2");
    await page.getByRole("combobox", { name: "Method" }).selectOption("getToken");
    await page.getByLabel("Retry-After in s").fill("7");
    await page.keyboard.press("Enter");
    await waiting("2 faults waiting");
    await page
      .locator("#feedback", { hasText: "The next 2 requests get: 429, Retry-After 7, getToken only" })
      .waitFor();
    const user = await client.createUser();
    const error = await client.getToken(user, ["voip"]).catch((reason) => reason);
    expect(error).toMatchObject({ statusCode: 429 });
    expect(error.response.headers.get("retry-after")).toBe("7");
    await waiting("1 fault waiting");
  });

  it("resets everything after confirming", async () => {
    const { client, emulator, open } = await bench({ users: [{ customId: "seeded" }] });
    const { user } = await client.createUserAndToken(["chat"]);
    emulator.service.failNext({ status: 503, operation: "getToken" });
    emulator.service.clock.advance({ hours: 2 });
    const page = await open();
    const own = user.communicationUserId.split("_")[1] ?? "";
    const reset = async (answer: string) => {
      await page.getByRole("link", { name: "Settings" }).click();
      await page.getByRole("button", { name: "Reset all…" }).click();
      await page.getByRole("dialog").getByRole("button", { name: answer }).click();
      await page.getByRole("link", { name: "Users" }).click();
    };
    await reset("Cancel");
    expect(await page.locator(".user").count()).toBe(2);

    // The reset must also remove the card of a user that was deleted on this page.
    await page.getByRole("button", { name: `Delete user ${own}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete user" }).click();
    await page.getByRole("button", { name: "Dismiss deleted user" }).waitFor();
    await reset("Reset all");
    await expect.poll(() => page.locator(".user").count()).toBe(1);
    await page.getByRole("heading", { name: "seeded" }).waitFor();
    await expect.poll(() => page.locator("#request-list").textContent()).toMatch(/Everything was reset/);
    await expect.poll(() => page.locator(".unusual").textContent()).toMatch(/^Time [\d:]+$/);
    await expect.poll(() => page.locator("#announcement").textContent()).toBe("Everything was reset");
  });

  it("opens a user's older tokens, and sees them revoked", async () => {
    const { client, open } = await bench();
    const user = await client.createUser();
    for (let number = 0; number < 12; number++) await client.getToken(user, ["chat"]);
    const page = await open();
    const more = page.getByRole("button", { name: /^Show 7 older tokens of user / });
    expect(await more.textContent()).toBe("Show 7 older");
    await more.press("Enter");
    await expect.poll(() => page.locator(".token").count()).toBe(12);
    await page.getByText("12 active").waitFor();
    expect(await focusedPlace(page)).toBe(5);
    expect(await page.locator(".more-tokens").isVisible()).toBe(false);
    await client.revokeTokens(user);
    await expect.poll(() => page.locator('.token[data-state="revoked"]').count()).toBe(12);
    expect(await focusedPlace(page)).toBe(5);
  });
});

/** Returns which token of its user has the focus. */
function focusedPlace(page: Page): Promise<number> {
  return page.evaluate(() => {
    const token = document.activeElement?.closest(".token");
    return [...(token?.parentElement?.children ?? [])].indexOf(token as Element);
  });
}
