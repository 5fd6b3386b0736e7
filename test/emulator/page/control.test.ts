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

  it("copies a token of the current state, although numbers repeat after a reset with a seed", async () => {
    const { client, emulator, open } = await bench({ seed: "a seed" });
    const page = await open(withClipboard);
    for (const _ of ["before the reset", "after it"]) {
      const { token } = await client.createUserAndToken(["chat"]);
      await page.getByRole("button", { name: "Copy token 1" }).click();
      await expect.poll(() => clipboardOf(page)).toBe(token);
      emulator.service.reset();
      await page.locator("#users-empty").waitFor();
      emulator.service.clock.advance({ minutes: 1 });
    }
  });

  it("sees the waiting faults, clears them and adds one", async () => {
    const { client, emulator, open } = await bench();
    emulator.service.failNext({ status: 503, code: "Busy", retryAfterInSeconds: 2, times: 2 });
    emulator.service.failNext({ drop: "after", delayInMs: 500, operation: "getToken" });
    const page = await open();
    await page.getByRole("button", { name: "3 faults waiting" }).click();
    const dialog = page.getByRole("dialog", { name: "Faults" });
    // The dialog loads the faults when it opens.
    await expect
      .poll(() => dialog.getByRole("listitem").allTextContents())
      .toEqual([
        "503 Busy, Retry-After 2, 2 times",
        "500 ms delay, connection dropped after processing, getToken only, once",
      ]);
    await dialog.getByRole("button", { name: "Clear faults" }).click();
    const opener = page.getByRole("button", { name: "Faults", exact: true });
    await opener.waitFor();
    expect(await opener.evaluate((node) => node === document.activeElement)).toBe(true);
    expect(await page.locator("#announcement").textContent()).toBe("The faults were cleared");

    await opener.click();
    await dialog.getByText("No faults are waiting.").waitFor();
    await dialog.getByLabel("Times").fill("many");
    await dialog.getByRole("button", { name: "Add fault" }).click();
    await dialog.getByRole("alert").getByText("Enter how often, such as 3.").waitFor();
    expect(await dialog.getByLabel("Times").evaluate((node) => node === document.activeElement)).toBe(true);
    await dialog.getByLabel("Next requests get").selectOption("429 TooManyRequests");
    await dialog.getByLabel("Times").fill("2");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "2 faults waiting" }).waitFor();
    await expect(client.createUser()).rejects.toMatchObject({ statusCode: 429 });
    await page.getByRole("button", { name: "1 fault waiting" }).waitFor();
  });

  it.each([
    ["500 InternalServerError", { status: 500 }],
    ["503 ServiceUnavailable", { status: 503 }],
    ["Connection dropped before processing", { drop: "before" }],
    ["Connection dropped after processing", { drop: "after" }],
  ])("can add a fault: %s", async (label, fault) => {
    const { emulator, open } = await bench();
    const page = await open();
    await page.getByRole("button", { name: "Faults" }).click();
    await page.getByLabel("Next requests get").selectOption(label);
    await page.getByRole("button", { name: "Add fault" }).click();
    await page.getByRole("button", { name: "1 fault waiting" }).waitFor();
    const answer = await fetch(`${emulator.url}/_emulator/faults`);
    expect(await answer.json()).toEqual({ faults: [{ ...fault, times: 1 }] });
  });

  it("resets everything after confirming", async () => {
    const { client, emulator, open } = await bench({ users: [{ customId: "seeded" }] });
    const { user } = await client.createUserAndToken(["chat"]);
    emulator.service.failNext({ status: 503, operation: "getToken" });
    emulator.service.clock.advance({ hours: 2 });
    const page = await open();
    const own = user.communicationUserId.split("_")[1] ?? "";
    await page.getByRole("button", { name: "Reset all" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    expect(await page.locator(".user").count()).toBe(2);

    // The reset must also remove the card of a user that was deleted on this page.
    await page.getByRole("button", { name: `Delete user ${own}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete user" }).click();
    await page.getByRole("button", { name: "Dismiss deleted user" }).waitFor();
    await page.getByRole("button", { name: "Reset all" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Reset all" }).click();
    await expect.poll(() => page.locator(".user").count()).toBe(1);
    await page.getByRole("heading", { name: "seeded" }).waitFor();
    await page.getByText("No requests yet").waitFor();
    await page.getByText("in sync").waitFor();
    await page.getByRole("button", { name: "Faults", exact: true }).waitFor();
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
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe(
      "Copy token 7",
    );
    expect(await page.locator(".more-tokens").isVisible()).toBe(false);
    await client.revokeTokens(user);
    await expect.poll(() => page.locator('.token[data-state="revoked"]').count()).toBe(12);
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe(
      "Copy token 7",
    );
  });

  it("sees when the last token of a user without valid tokens was issued", async () => {
    const { client, emulator, open } = await bench();
    await client.createUser();
    await client.createUserAndToken(["chat"], { tokenExpiresInMinutes: 60 });
    emulator.service.clock.advance({ hours: 2 });
    const page = await open();
    await page.locator(".user").nth(1).waitFor();
    expect(await page.locator(".user-id .number").allTextContents()).toEqual([
      expect.stringMatching(/ · no valid token, last issued .*\d\d:\d\d:\d\d$/),
      expect.stringMatching(/ · no token$/),
    ]);
  });
});
