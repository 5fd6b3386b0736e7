// What the page copies to send a request again. No PowerShell is at hand, so its command is read by PowerShell's rules.
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import type { LoggedRequest } from "../../../src/testing/index.js";
import { describeInBrowser } from "../../browser/describeInBrowser.js";
import { benches, clipboardOf, withClipboard } from "./benches.js";

const windows = { ...withClipboard, userAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140" };

/** Opens the newest request, and returns what its button copies. */
async function copied(page: Page, word = "curl"): Promise<string> {
  await page.locator(".request a").first().click();
  await page.getByRole("button", { name: `Copy as ${word}` }).click();
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

const hostile = `'"; touch owned; $(touch owned) \`touch owned\` %PATH% !! \\ {a,b} [1-3] ‘’‚‛“”„ @/etc/hosts`;

/** Sends what a stranger might: everything that is copied comes from whoever sent the request. */
async function sendHostile(url: string): Promise<void> {
  const target = `/identities/../identities?api-version=${encodeURIComponent(hostile)}&x='[1-3]{a,b}$(touch%20owned)`;
  await new Promise((resolve, reject) => {
    const headers = {
      authorization: "Bearer x",
      "content-type": "application/json",
      "x-note": hostile.replace(/[^\x20-\x7e]/g, ""),
    };
    const sent = request(url, { method: "POST", path: target, headers }, resolve);
    sent.on("error", reject);
    sent.end(JSON.stringify({ [hostile]: `${hostile}\n\u009b31m\u2028` }));
  });
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

  it("holds nothing that a shell would run, whatever the request has", async () => {
    const { emulator, open } = await bench();
    await sendHostile(emulator.url);
    const page = await open(withClipboard);
    const command = await copied(page);
    expect(command).toMatch(/^[\x20-\x7e]+$/);
    await run(command);
    const [before, after] = emulator.service.requests;
    expect(after && sentParts(after)).toEqual(before && sentParts(before));
  });

  it("is one command with quoted arguments in PowerShell", async () => {
    const { emulator, open } = await bench();
    await sendHostile(emulator.url);
    const page = await open(windows);
    const command = await copied(page, "PowerShell");
    expect(command).toMatch(/^[\x20-\x7e]+$/);
    const texts: string[] = [];
    const rest = command.replace(/['‘’‚‛](?:[^'‘’‚‛]|(['‘’‚‛])\1)*['‘’‚‛]/g, (quoted) => {
      texts.push(quoted.slice(1, -1).replace(/(['‘’‚‛])\1/g, "$1"));
      return "_";
    });
    expect(rest).toBe(
      "Invoke-WebRequest -UseBasicParsing _ -Method _ -Headers @{_=_;_=_} -ContentType _ -Body _",
    );
    const [request] = emulator.service.requests;
    const [url, method, , authorization, , note, type, body] = texts;
    expect(authorization).toMatch(/^Bearer eyJ/);
    expect({
      method,
      target: url?.slice(emulator.url.length),
      note,
      type,
      body: JSON.parse(body ?? ""),
    }).toEqual(request && sentParts(request));
  });

  it.each<[string, string, (url: string) => Promise<unknown>]>([
    [
      "a signature was refused",
      "application's own, never a user's, so /oidc/userinfo refuses it, and so does the service if that application has no role. So it can't repeat that a signature",
      (url) =>
        fetch(`${url}/identities?api-version=2023-10-01`, {
          method: "POST",
          headers: { authorization: "HMAC-SHA256 SignedHeaders=a&Signature=b" },
        }),
    ],
    [
      "a user's token is exchanged",
      "It is another user's, who may have no assignment.",
      (url) =>
        fetch(`${url}/access/entra/:exchangeAccessToken?api-version=2025-03-02-preview`, {
          method: "POST",
          headers: { authorization: "Bearer x" },
        }),
    ],
    [
      "nothing is cut out",
      "It sends the same, but written anew, without cookies, ranges and what browsers and connections add.",
      (url) => fetch(`${url}/nowhere`),
    ],
    [
      "it was for another host",
      ", not to contoso.example.",
      (url) =>
        new Promise((resolve) =>
          request(`${url}/nowhere`, { headers: { host: "contoso.example" } }, resolve).end(),
        ),
    ],
    [
      "the body was too long to be read",
      "can't be sent again: its body wasn't kept",
      (url) => fetch(`${url}/identities`, { method: "POST", body: "x".repeat(300_000) }),
    ],
    [
      "a secret was cut out",
      "can't be sent again: a code, a secret",
      (url) =>
        fetch(`${url}/organizations/oauth2/v2.0/token`, {
          method: "POST",
          body: new URLSearchParams({ client_secret: "x" }),
        }),
    ],
    [
      "the body is long",
      "can't be sent again: its body wasn't kept",
      (url) => fetch(`${url}/identities`, { method: "POST", body: "x".repeat(4097) }),
    ],
  ])("says so if %s", async (_, note, send) => {
    const { emulator, open } = await bench();
    await send(emulator.url);
    const page = await open();
    await page.locator(".request a").click();
    const button = page.getByRole("button", { name: "Copy as curl" });
    expect(await button.getAttribute("title")).toContain(note);
    expect(await button.isDisabled()).toBe(note.startsWith("can't be sent"));
  });
});
