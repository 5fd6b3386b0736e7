// What the page copies to send a request again. No PowerShell is at hand, so its command is read by PowerShell's rules.
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { promisify } from "node:util";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ListedRequest } from "../../../../../../src/emulator/admin/models.js";
import { temporaryFolder } from "../../../../../helpers/temporaryFolder.js";
import { stubBrowser } from "../stubBrowser.js";

stubBrowser();
const { repeatOf } = await import("../../../../../../src/emulator/page/browser/requests/repeat.js");
const origin = "http://127.0.0.1:7311";

/** The bodies of the requests to the admin API, by path. */
let asked: Record<string, unknown>;
beforeEach(() => {
  stubBrowser("", origin);
  asked = {};
  vi.stubGlobal("fetch", async (path: string, { body }: { body: string }) => {
    asked[path.replace("/_emulator/", "")] = JSON.parse(body);
    return Response.json({ token: `new-${path.split("/").at(-1)}` });
  });
});

const hostile = `'"; touch owned; $(touch owned) \`touch owned\` %PATH% !! \\ {a,b} [1-3] ‘’‚‛“”„ @/etc/hosts`;
const signed = "HMAC-SHA256 SignedHeaders=a&Signature=<cut>";

function request({
  headers = {},
  ...changes
}: Record<string, unknown> & { headers?: object } = {}): ListedRequest {
  const base = { method: "POST", target: "/identities?api-version=2023-10-01", status: 200 };
  return { ...base, headers: { host: "127.0.0.1:7311", ...headers }, ...changes } as unknown as ListedRequest;
}

describe("what the page copies to send a request again", () => {
  it.each<[string, ListedRequest, string]>([
    [
      "only the method and the target, if it had nothing else",
      request(),
      `curl -ig --path-as-is -X POST '${origin}/identities?api-version=2023-10-01'`,
    ],
    [
      "its own headers, and none of what belongs to the connection, a browser, a signature or the doctor",
      request({
        headers: Object.fromEntries([
          ..."accept accept-encoding connection content-length cookie date expect if-match if-none-match keep-alive origin proxy-connection range referer sec-fetch-site te trailer transfer-encoding upgrade user-agent x-acs-identity-doctor x-ms-content-sha256 x-ms-date"
            .split(" ")
            .map((name) => [name, "x"]),
          ["x-ms-client-request-id", "id"],
          ["acceptable", "yes"],
          ["x-note", "ü"],
        ]),
      }),
      `curl -ig --path-as-is -X POST '${origin}/identities?api-version=2023-10-01' -H 'x-ms-client-request-id: id' -H 'acceptable: yes'`,
    ],
    [
      "a new Entra token for a signature, and JSON in ASCII",
      request({ headers: { authorization: signed, "content-type": "application/json" }, body: { a: "ü\n" } }),
      `curl -ig --path-as-is -X POST '${origin}/identities?api-version=2023-10-01' -H 'authorization: Bearer new-entraTokens' -H 'content-type: application/json' --data-raw '{"a":"\\u00fc\\n"}'`,
    ],
    [
      "a form, whose repeated members stay",
      request({
        method: "post'",
        target: "/ü",
        headers: { "content-type": "Application/x-www-form-urlencoded; charset=utf-8" },
        body: { a: ["1", "2"], b: "ü&" },
      }),
      `curl -ig --path-as-is -X 'post'\\''' '${origin}/%fc' -H 'content-type: Application/x-www-form-urlencoded; charset=utf-8' --data-raw 'a=1&a=2&b=%C3%BC%26'`,
    ],
    [
      "no type, which curl would invent, and HEAD without a body to wait for",
      request({ method: "HEAD", target: "/", body: {} }),
      `curl -ig --path-as-is -I '${origin}/' -H 'content-type: ' --data-raw '{}'`,
    ],
  ])("has %s", async (_, given, command) => {
    expect(await repeatOf(given, false).text?.()).toBe(command);
  });

  it.each([
    [undefined, {}],
    ["getTokenForEntraUser", { scope: "https://communication.azure.com/clients/VoIP" }],
    [
      "getTokenForTeamsExtensionUser",
      { scope: "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls" },
    ],
  ])("has a token that %s takes", async (operation, expected) => {
    await repeatOf(request({ operation, headers: { authorization: "Bearer <cut>" } })).text?.();
    expect(asked).toEqual({ entraTokens: expected });
  });

  it("has a new token of the same Teams user and application", async () => {
    const body = { token: "<cut>", appId: "app", userId: "user" };
    const { text, note } = repeatOf(request({ operation: "getTokenForTeamsUser", body }), false);
    expect(await text?.()).toContain(
      `--data-raw '{"token":"new-teamsUserTokens","appId":"app","userId":"user"}'`,
    );
    expect(asked).toEqual({ teamsUserTokens: { clientId: "app", userObjectId: "user" } });
    expect(note).toBe("Copy as curl sends a new token of the Teams user.");
    expect(
      repeatOf(request({ operation: "getTokenForTeamsUser", body: { ...body, appId: 1 } })).text,
    ).toBeUndefined();
  });

  it("is what the page itself sends", async () => {
    const headers = { authorization: signed, "content-type": "application/json", "x-own": "1" };
    const calls = vi.spyOn(globalThis, "fetch");
    await repeatOf(request({ operation: "createUser", headers, body: { a: 1 } })).send?.();
    expect(calls).toHaveBeenLastCalledWith(`${origin}/identities?api-version=2023-10-01`, {
      method: "POST",
      headers: { ...headers, authorization: "Bearer new-entraTokens" },
      body: '{"a":1}',
    });
  });

  it("trusts the emulator's own certificate over https", async () => {
    stubBrowser("", "https://127.0.0.1:7311");
    expect(await repeatOf(request(), false).text?.()).toMatch(/^curl -igk --path-as-is -X POST 'https:/);
    expect(repeatOf(request(), false).note).toBe("Copy as curl sends the same again.");
    expect(repeatOf(request(), true).note).toBe(
      "Copy as PowerShell sends the same again. PowerShell must trust the emulator's certificate.",
    );
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      "it was refused for its credentials",
      { status: 401, headers: { authorization: signed } },
      "Copy as curl sends a new Entra token of the emulator's application, so it succeeds if this request was refused for its credentials. The application needs a role on the resource.",
    ],
    [
      "the emulator's application has no user to tell of",
      { target: "/common/oidc/userinfo", headers: { authorization: "Bearer <cut>" } },
      "sends a new Entra token of the emulator's application. /oidc/userinfo refuses an application's token.",
    ],
    [
      "a user's token is exchanged",
      { operation: "getTokenForEntraUser", headers: { authorization: "Bearer <cut>" } },
      "sends a new Entra token of another user. That user may have no assignment.",
    ],
    [
      "two tokens are new",
      {
        operation: "getTokenForTeamsUser",
        headers: { authorization: signed },
        body: { token: "<cut>", appId: "app", userId: "user" },
      },
      "sends a new Entra token of the emulator's application and a new token of the Teams user. The application needs a role on the resource.",
    ],
    [
      "it leaves headers out",
      {
        headers: {
          accept: "x",
          cookie: "<cut>",
          "content-length": "2",
          "user-agent": "x",
          "x-ms-date": "x",
          "x-note": "ü",
          "x-other": "kept",
        },
      },
      "sends the same again. It leaves out cookie, x-ms-date and x-note.",
    ],
    [
      "the body had blanks",
      { body: { a: 1 }, bodyText: '{"a": 1}' },
      "sends the same again. It writes the body anew.",
    ],
    [
      "it was for another host",
      { headers: { host: "contoso.example" } },
      "It goes to 127.0.0.1:7311, not to contoso.example.",
    ],
    ["its target isn't a path", { target: "http://x/" }, "isn't possible: its target isn't a path."],
    ["the body wasn't kept", { body: "<300000 bytes>" }, "isn't possible: its body wasn't kept."],
    [
      "the body had a secret",
      { body: { client_secret: "<cut>" } },
      "isn't possible: a code, a secret or a token was cut",
    ],
    ["the target had a secret", { target: "/?code=<cut>" }, "isn't possible: a code"],
    ["a header had a secret", { headers: { "x-key": "a <cut>" } }, "isn't possible: a code"],
    ["it had a password", { headers: { authorization: "basic <cut>" } }, "isn't possible: a code"],
  ])("says so if %s", (_, changes, note) => {
    const { note: said, text } = repeatOf(request(changes), false);
    expect(said).toContain(note);
    expect(text === undefined).toBe(note.startsWith("isn't"));
  });

  const hostileRequest = request({
    target: `/identities?api-version=${encodeURIComponent(hostile)}&x='[1-3]{a,b}$(touch%20owned)`,
    headers: {
      authorization: "Bearer <cut>",
      "content-type": "application/json",
      "x-note": hostile.replace(/[^\x20-\x7e]/g, ""),
    },
    body: { [hostile]: `${hostile}\n\u009b31m\u2028` },
  });

  it.skipIf(process.platform === "win32")(
    "holds nothing that sh would run, whatever the request has (Windows has no sh)",
    async () => {
      const command = (await repeatOf(hostileRequest, false).text?.()) ?? "";
      expect(command).toMatch(/^[\x20-\x7e]+$/);
      const cwd = temporaryFolder();
      const program = `curl() { for each; do printf '%s\\n' "$each"; done; }; ${command}`;
      const { stdout } = await promisify(execFile)("/bin/sh", ["-c", program], { cwd });
      expect(readdirSync(cwd)).toEqual([]);
      expect(stdout.split("\n")).toEqual([
        "-ig",
        "--path-as-is",
        "-X",
        "POST",
        `${origin}${hostileRequest.target}`,
        "-H",
        "authorization: Bearer new-entraTokens",
        "-H",
        `x-note: ${hostileRequest.headers["x-note"]}`,
        "-H",
        "content-type: application/json",
        "--data-raw",
        expect.stringMatching(/^\{.*\}$/),
        "",
      ]);
      expect(JSON.parse(stdout.split("\n").at(-2) ?? "")).toEqual(hostileRequest.body);
    },
  );

  it("is one command with quoted arguments in PowerShell", async () => {
    const command = (await repeatOf(hostileRequest, true).text?.()) ?? "";
    expect(command).toMatch(/^[\x20-\x7e]+$/);
    const texts: string[] = [];
    const rest = command.replace(/['‘’‚‛](?:[^'‘’‚‛]|(['‘’‚‛])\1)*['‘’‚‛]/g, (quoted) => {
      texts.push(quoted.slice(1, -1).replace(/(['‘’‚‛])\1/g, "$1"));
      return "_";
    });
    expect(rest).toBe(
      "Invoke-WebRequest -UseBasicParsing _ -Method _ -Headers @{_=_;_=_} -ContentType _ -Body _",
    );
    const { target, headers, body } = hostileRequest;
    expect(texts.slice(0, -1)).toEqual([
      `${origin}${target}`,
      "POST",
      "authorization",
      "Bearer new-entraTokens",
      "x-note",
      headers["x-note"],
      "application/json",
    ]);
    expect(JSON.parse(texts.at(-1) ?? "")).toEqual(body);
    const quotes = request({ target: "/", headers: { "x-note": "‘’", "content-type": "a‘b'" } });
    expect(await repeatOf(quotes, true).text?.()).toBe(
      `Invoke-WebRequest -UseBasicParsing '${origin}/' -Method 'POST' -ContentType 'a‘‘b'''`,
    );
  });
});
