import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { describeInBrowser } from "../helpers/browser/describeInBrowser.js";
import { temporaryFolder } from "../helpers/temporaryFolder.js";
import { benches, clipboardOf, withClipboard } from "./benches.js";

describeInBrowser("what the page copies to send a request again", (browser) => {
  const bench = benches(browser);

  it("runs as pasted in sh, and gets the same answer with a new token", async () => {
    const { client, emulator, open } = await bench();
    const page = await open(withClipboard);
    const cwd = temporaryFolder();
    /** Copies the newest request of a method, and returns what its command prints. */
    const repeated = async (method: string) => {
      await page.locator(".request", { hasText: method }).first().click();
      await page.getByRole("button", { name: "Copy as curl" }).click();
      await page.getByText("Copied", { exact: true }).waitFor();
      return (await promisify(execFile)("/bin/sh", ["-c", await clipboardOf(page)], { cwd })).stdout;
    };
    const user = await client.createUser();
    await client.getToken(user, ["voip"], { tokenExpiresInMinutes: 1 }).catch(() => undefined);
    expect(await repeated("getToken")).toMatch(/^HTTP\/1\.1 400 .*ExpiresInMinutes value 1 is invalid/s);
    const sent = emulator.service.requests.map(({ method, target, body }) => ({ method, target, body }));
    expect(sent[2]).toEqual(sent[1]);

    const scope = "https://communication.azure.com/clients/VoIP";
    const bearer = await emulator.service.createTokenCredential().getToken(scope);
    await fetch(`${emulator.url}/access/entra/:exchangeAccessToken?api-version=2025-03-02-preview`, {
      method: "POST",
      headers: { authorization: `Bearer ${bearer?.token}`, "content-type": "application/json" },
      body: "{}",
    });
    expect(await repeated("getTokenForEntraUser")).toMatch(/^HTTP\/1\.1 200 .*"expiresOn"/s);

    const { clientId, users } = emulator.service.entra;
    const userObjectId = users[0]?.objectId ?? "";
    const teamsUserAadToken = await emulator.service.createTeamsUserToken({ clientId, userObjectId });
    await client.getTokenForTeamsUser({ teamsUserAadToken, clientId, userObjectId });
    expect(await repeated("getTokenForTeamsUser")).toMatch(/^HTTP\/1\.1 200 .*"expiresOn"/s);
  });

  it("is nothing if the body was too long to be read", async () => {
    const { emulator, open } = await bench();
    await fetch(`${emulator.url}/identities`, { method: "POST", body: "x".repeat(300_000) });
    const page = await open({}, "#/request-1");
    const button = page.getByRole("button", { name: "Copy as curl" });
    expect(await button.getAttribute("title")).toBe("It can't be sent again: its body wasn't kept.");
    expect(await button.isDisabled()).toBe(true);
  });
});
