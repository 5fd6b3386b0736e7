import { expect, it } from "vitest";
import { CommunicationIdentityClient } from "../../src/index.js";
import { describeInBrowser } from "../helpers/browser/describeInBrowser.js";
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
    await page.getByText("1 token").waitFor();
    expect(await page.locator("#users-empty").isVisible()).toBe(false);
  });

  it("begins an outage with two clicks, counts its seconds, and ends it by time", async () => {
    const { client, emulator, open } = await bench();
    const page = await open();
    await page.getByRole("link", { name: "Simulate" }).click();
    await page.getByRole("button", { name: "Outage for 30 s" }).click();
    await page
      .locator("#feedback", { hasText: "Every request gets for 30 s: 503, no Retry-After" })
      .waitFor();
    const left = page.locator("#active-faults .number");
    const outage = await client.createUser().catch((reason) => reason);
    expect([outage.statusCode, outage.response.headers.get("retry-after")]).toEqual([503, undefined]);
    await expect.poll(() => left.textContent()).toMatch(/^2[0-8] s left$/);
    // The emulator keeps an outage that is over to itself, so the page has to look.
    emulator.service.clock.advance({ seconds: 15 });
    await expect.poll(() => left.textContent()).toMatch(/^1?\d s left$/);
    await page.getByRole("button", { name: "+1 h" }).click();
    await expect.poll(() => left.count()).toBe(0);
    const user = await client.createUser();

    await page.getByRole("button", { name: "Every getToken: 429" }).click();
    await expect.poll(() => left.textContent()).toBe("until you stop it");
    await expect(client.getToken(user, ["chat"])).rejects.toMatchObject({ statusCode: 429 });
    await expect(client.getToken(user, ["chat"])).rejects.toMatchObject({ statusCode: 429 });
    await page.getByRole("button", { name: "Stop 429, getToken only" }).click();
    await expect.poll(() => left.count()).toBe(0);
    await client.getToken(user, ["chat"]);
  });
});
