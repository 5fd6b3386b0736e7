// Takes README's picture of the page: `npm run picture`. Needs pngquant, a package of Debian and others, which makes the
// picture a third of its size.
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { startEmulator } from "../../src/emulator/index.js";
import { AzureKeyCredential, CommunicationIdentityClient } from "../../src/index.js";
import { launchChromium } from "../helpers/browser/chromium.js";

const target = "docs/emulatorPage.png";

async function takePicture(): Promise<void> {
  const emulator = await startEmulator({ port: 8081 });
  const browser = await launchChromium();
  try {
    await useEmulator(emulator.url, emulator.connectionString);
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    await page.goto(emulator.url);
    await page.locator(".token").first().waitFor();
    await page.getByRole("button", { name: "Issue token for user alice" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Issue token" }).click();
    await page.locator(".own-change").waitFor();
    // A click doesn't draw the focus.
    await page.locator(".request", { hasText: "401" }).click();
    await page.locator("#response pre.well").waitFor();
    await page.mouse.move(640, 715);
    // By then, the line at the bottom is gone.
    await page.waitForTimeout(6000);
    const picture = execFileSync("pngquant", ["--speed", "1", "--strip", "--nofs", "24", "-"], {
      input: await page.screenshot(),
    });
    await writeFile(target, picture);
    console.log(`${target} is written: ${picture.length} bytes`);
  } finally {
    await browser.close();
    await emulator.close();
  }
}

async function useEmulator(url: string, connectionString: string): Promise<void> {
  const client = new CommunicationIdentityClient(connectionString);
  const createUser = async (customId: string) => {
    const body = JSON.stringify({ customId, scopes: ["voip"] });
    const response = await fetch(`${url}/_emulator/users`, { method: "POST", body });
    return (await response.json()) as { readonly id: string };
  };
  const bob = { communicationUserId: (await createUser("bob@contoso.example")).id };
  await client.revokeTokens(bob);
  await client.getToken(bob, ["voip", "chat"], { tokenExpiresInMinutes: 60 });
  await client.createUserAndToken(["voip.join", "chat.join.limited"]);
  await createUser("alice@contoso.example");
  const wrongKey = new AzureKeyCredential(btoa("the key of another resource"));
  await new CommunicationIdentityClient(url, wrongKey).createUser().catch(() => undefined);
}

void takePicture();
