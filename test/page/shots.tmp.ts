import { startEmulator } from "../../src/emulator/index.js";
import { AzureKeyCredential, CommunicationIdentityClient } from "../../src/index.js";
import { launchChromium } from "../helpers/browser/chromium.js";
const emulator = await startEmulator({ users: Array.from({ length: 14 }, (_, i) => ({ customId: `user${i}` })) });
const empty = await startEmulator();
const client = new CommunicationIdentityClient(emulator.connectionString, { retryOptions: { maxRetries: 0 } });
const browser = await launchChromium();
try {
  const { user } = await client.createUserAndToken(["voip"]);
  await client.getToken(user, ["chat"]);
  const wrong = new CommunicationIdentityClient(emulator.url, new AzureKeyCredential(btoa("another key")), { retryOptions: { maxRetries: 0 } });
  await wrong.createUser().catch(() => 0);
  emulator.service.failNext({ status: 503, times: 3 });
  for (let i = 0; i < 3; i++) await client.createUser().catch(() => 0);
  emulator.service.failNext({ status: 429, times: 4 });
  for (let i = 0; i < 150; i++) await client.getToken(user, ["voip"]).catch(() => 0);
  for (const [w, h] of [[1440, 900], [1024, 768], [390, 844]] as const) {
    for (const colorScheme of w === 1440 ? (["light", "dark"] as const) : (["light"] as const)) {
      const page = await browser.newPage({ viewport: { width: w, height: h }, colorScheme });
      const shot = (name: string) => page.screenshot({ path: `/tmp/shots/${name}-${w}-${colorScheme}.png` });
      await page.goto(emulator.url + "/#/users");
      await page.locator(".user").first().waitFor({ state: "attached" });
      await page.waitForTimeout(400);
      await shot("users");
      if (w !== 1024) {
        await page.evaluate(() => Object.assign(location, { hash: "#/simulate" }));
        await page.waitForTimeout(300);
        await shot("simulate");
      }
      await page.evaluate(() => Object.assign(location, { hash: "#/requests" }));
      await page.waitForTimeout(300);
      await page.locator(".kind", { hasText: "401" }).click();
      await page.locator(".request a").first().click();
      await page.getByRole("button", { name: "Send again" }).click();
      await page.locator("#comparison").waitFor();
      await page.waitForTimeout(200);
      await shot("compare");
      await page.goto(empty.url + "/#/users");
      await page.getByText("three steps").first().waitFor();
      await shot("empty");
      await page.evaluate(() => Object.assign(location, { hash: "#/entra" }));
      await page.waitForTimeout(400);
      await shot("entra");
      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
      if (w === 390) await shot("keys");
      await page.close();
    }
  }
  // Load: 1000 users
} finally {
  await browser.close();
  await emulator.close();
  await empty.close();
}
