import { execFile } from "node:child_process";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { describeInBrowser } from "../helpers/browser/describeInBrowser.js";
import { makeCertificates } from "../helpers/certificates.js";
import { temporaryFolder } from "../helpers/temporaryFolder.js";
import { signedHeaders } from "../helpers/testing/sign.js";
import { benches, clipboardOf, withClipboard } from "./benches.js";

describeInBrowser("what the page copies to send a request again", (browser) => {
  const bench = benches(browser);
  const { ca, cert, key } = makeCertificates();

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

  it("says what it sends and leaves out, and succeeds where a key was refused, over https, too", async () => {
    const { emulator, open } = await bench({ tls: { cert, key } });
    const target = "/identities?api-version=2023-10-01";
    const { host } = new URL(emulator.url);
    const signed = signedHeaders({ method: "POST", target, host, key: btoa("the key of another resource") });
    const headers = { ...signed, cookie: "a=b", "x-ms-client-request-id": "an-id" };
    const refused = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(emulator.url + target, { method: "POST", headers, ca }, resolve);
      sent.on("error", reject).end();
    });
    refused.resume();
    expect(refused.statusCode).toBe(401);
    const page = await open({ ...withClipboard, ignoreHTTPSErrors: true }, "#/request-1");
    await page.getByRole("button", { name: "Copy as curl" }).click();
    await page.getByText("Copied", { exact: true }).waitFor();
    const { stdout } = await promisify(execFile)("/bin/sh", ["-c", await clipboardOf(page)]);
    expect(stdout).toMatch(/^HTTP\/1\.1 201 .*"identity"/s);
    const note = await page.locator("#repeat-note").textContent();
    expect(note).toMatch(
      /^Copy as curl sends a new Entra token of the emulator's application, so it succeeds if this request was refused/,
    );
    expect(note).toContain(" It leaves out x-ms-date, x-ms-content-sha256 and cookie.");
    const again = emulator.service.requests[1]?.headers;
    expect(again).toMatchObject({ "x-ms-client-request-id": "an-id" });
    for (const name of ["x-ms-date", "x-ms-content-sha256", "cookie"]) expect(again).not.toHaveProperty(name);
  });
});
