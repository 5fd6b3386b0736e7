import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import type { LoggedRequest } from "../../../src/testing/index.js";
import { describeInBrowser } from "../../browser/describeInBrowser.js";
import { benches, clipboardOf, withClipboard } from "./benches.js";

/** Opens the newest request, and returns what its button copies. */
async function copied(page: Page): Promise<string> {
  await page.locator(".request a").first().click();
  await page.getByRole("button", { name: "Copy as curl" }).click();
  await page.getByText("Copied", { exact: true }).waitFor();
  return clipboardOf(page);
}

/** Runs a command in an empty folder, and returns what it prints. */
async function run(command: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "acs-repeat-"));
  try {
    const { stdout } = await promisify(execFile)("/bin/sh", ["-c", command], { cwd: folder });
    expect(readdirSync(folder)).toEqual([]);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function sentParts({ method, target, headers, body }: LoggedRequest): object {
  return { method, target, note: headers["x-note"], type: headers["content-type"], body };
}

describeInBrowser("what the page copies to send a request again", (browser) => {
  const bench = benches(browser);

  it("runs as pasted in sh, and gets the same answer with a new token", async () => {
    const { client, emulator, open } = await bench();
    const user = await client.createUser();
    await client.getToken(user, ["voip"], { tokenExpiresInMinutes: 1 }).catch(() => undefined);
    const page = await open(withClipboard);
    const first = await copied(page);
    expect(await run(first)).toMatch(/^HTTP\/1\.1 400 .*ExpiresInMinutes value 1 is invalid/s);
    const [, before, after] = emulator.service.requests;
    expect(after && sentParts(after)).toEqual(before && sentParts(before));

    const [path, scope] = [
      "/access/entra/:exchangeAccessToken",
      "https://communication.azure.com/clients/VoIP",
    ];
    const bearer = await emulator.service.createTokenCredential().getToken(scope);
    await fetch(`${emulator.url}${path}?api-version=2025-03-02-preview`, {
      method: "POST",
      headers: { authorization: `Bearer ${bearer?.token}`, "content-type": "application/json" },
      body: "{}",
    });
    await page.locator(".request", { hasText: "getTokenForEntraUser" }).waitFor();
    expect(await run(await copied(page))).toMatch(/^HTTP\/1\.1 200 .*"expiresOn"/s);

    const { clientId } = emulator.service.entra;
    const left = { cookie: "a=b", range: "bytes=0-1", "if-match": "x" };
    await fetch(`${emulator.url}/untyped`, { method: "POST", headers: left, body: Buffer.from("{}") });
    await page.locator(".request", { hasText: "/untyped" }).waitFor();
    await run(await copied(page));
    const [untyped, again] = emulator.service.requests.slice(-2);
    expect(again && sentParts(again)).toEqual(untyped && sentParts(untyped));
    for (const name of ["cookie", "range", "if-match"]) {
      expect([name, untyped?.headers[name] !== undefined, again?.headers[name]]).toEqual([
        name,
        true,
        undefined,
      ]);
    }

    const userObjectId = emulator.service.entra.users[0]?.objectId ?? "";
    const teamsUserAadToken = await emulator.service.createTeamsUserToken({ clientId, userObjectId });
    await client.getTokenForTeamsUser({ teamsUserAadToken, clientId, userObjectId });
    await page.locator(".request", { hasText: "getTokenForTeamsUser" }).waitFor();
    expect(await run(await copied(page))).toMatch(/^HTTP\/1\.1 200 .*"expiresOn"/s);
  });

  it("says that a request can't be sent again whose body was too long to be read", async () => {
    const { emulator, open } = await bench();
    await fetch(`${emulator.url}/identities`, { method: "POST", body: "x".repeat(300_000) });
    const page = await open();
    await page.locator(".request a").click();
    const button = page.getByRole("button", { name: "Copy as curl" });
    expect(await button.getAttribute("title")).toBe("It can't be sent again: its body wasn't kept.");
    expect(await button.isDisabled()).toBe(true);
  });
});
