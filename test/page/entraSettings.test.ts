import { expect, it } from "vitest";
import { describeInBrowser } from "../helpers/browser/describeInBrowser.js";
import { makeCertificates } from "../helpers/certificates.js";
import { benches, clipboardOf, withClipboard } from "./benches.js";

describeInBrowser("the page's part for signing in", (browser) => {
  const bench = benches(browser);

  it("copies the settings for a .env file", async () => {
    const { cert, key } = makeCertificates();
    const { emulator, open } = await bench({ tls: { cert, key } });
    const page = await open({ ...withClipboard, ignoreHTTPSErrors: true }, "#/entra");
    expect(await page.locator("#entra-authority").textContent()).toBe(emulator.url);
    await page.getByRole("button", { name: "Copy .env" }).click();
    const { tenantId, clientId, clientSecret } = emulator.service.entra;
    expect((await clipboardOf(page)).split("\n")).toEqual([
      `AZURE_TENANT_ID=${tenantId}`,
      `AZURE_CLIENT_ID=${clientId}`,
      `AZURE_CLIENT_SECRET=${clientSecret}`,
      `AZURE_AUTHORITY_HOST=${emulator.url}`,
      `COMMUNICATION_ENDPOINT=${emulator.url}`,
      expect.stringMatching(/^# NODE_EXTRA_CA_CERTS has no effect in this file/),
      "",
    ]);
  });

  it("tries a sign-in, and says who signed in", async () => {
    const { cert, key } = makeCertificates();
    const { open } = await bench({ tls: { cert, key } });
    const page = await open({ ignoreHTTPSErrors: true }, "#/entra");
    const [signIn] = await Promise.all([
      page.waitForEvent("popup"),
      page.getByRole("link", { name: "Try a sign-in" }).click(),
    ]);
    await signIn.getByRole("link", { name: "Alice" }).click();
    await signIn.getByText(/^Signed in as Alice/).waitFor();
  });
});
