import { beforeEach, describe, expect, it } from "vitest";
import { stubBrowser } from "./stubBrowser.js";

stubBrowser();
beforeEach(() => stubBrowser());
const format = await import("../../../../../src/emulator/page/browser/format.js");
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

describe("the page", () => {
  it.each([
    [0, "0 s"],
    [499, "0 s"],
    [500, "1 s"],
    [59_499, "59 s"],
    [59_500, "1 min"],
    [hour + 1000, "1 h 1 s"],
    [day - 1000, "23 h 59 min"],
    [day, "1 day"],
    [2 * day + 3 * hour + 4 * minute, "2 days 3 h"],
    [-2 * minute, "2 min"],
  ])("shows a duration of %d ms as %s", (milliseconds, text) => {
    expect(format.formatDuration(milliseconds)).toBe(text);
  });

  it.each([
    [10 * minute - 1000, "9 min 59 s left"],
    [10 * minute, "10 min left"],
    [11 * minute - 1, "10 min left"],
    [day - 90_000, "23 h 58 min left"],
  ])("shows seconds of what is left only in the last ten minutes: of %d ms, %s", (milliseconds, text) => {
    expect(format.formatLeft(milliseconds)).toBe(text);
  });

  it.each([
    [10 * minute - 1, 1],
    [10 * minute, 1],
    [10 * minute + 5000, 5001],
    [11 * minute - 1, minute],
  ])("changes what is left, of %d ms, after %d ms", (milliseconds, change) => {
    expect(format.leftChangesInMs(milliseconds)).toBe(change);
  });

  it("shows the date of a time that isn't today's", () => {
    const time = new Date(2026, 0, 2, 23, 4, 5).getTime();
    expect(format.formatTime(time, time - 23 * hour)).toBe("23:04:05");
    expect(format.formatTime(time, time + hour)).toMatch(/^(?=.*Jan)(?=.*\b2\b).* 23:04:05$/);
  });

  it.each([
    ["/identities?api-version=x", "/identities"],
    [`/identities/${"a".repeat(24)}`, `/identities/${"a".repeat(24)}`],
    [`/identities/${"a".repeat(19)}123456/:revokeAccessTokens`, "/identities/…123456/:revokeAccessTokens"],
    ["/access/:exchangeTeamsUserAccessToken", "/access/:exchangeTeamsUserAccessToken"],
    [`/${"%20".repeat(9)}`, `/…${" ".repeat(6)}`],
    [`/${"a".repeat(24)}%zz`, "/…aaa%zz"],
  ])("shortens the path %s to %s", (target, text) => {
    expect(format.shortenPath(target)).toBe(text);
  });

  it("names a user by its custom id, or else by what other ids don't share, and briefly by its end", () => {
    const id = "8:acs:00ac5000-1de4_0123456789";
    expect([format.nameOf({ id }), format.shortNameOf({ id })]).toEqual(["0123456789", "…456789"]);
    const named = { id, customId: "alice" };
    expect([format.nameOf(named), format.shortNameOf(named)]).toEqual(["alice", "alice"]);
    expect(format.splitUserId(id)).toEqual({ prefix: "8:acs:…_", own: "0123456789" });
    expect(format.splitUserId("8:orgid:x")).toEqual({ prefix: "", own: "8:orgid:x" });
  });

  it("counts in the singular and the plural", () => {
    expect([0, 1, 2].map((count) => format.plural(count, "user"))).toEqual(["0 users", "1 user", "2 users"]);
  });

  it("shows a connection string with its own origin, and the key's start unless asked to", () => {
    const given = "endpoint=http://emulator:1/;accesskey=abcdefgh=";
    const start = "endpoint=http://127.0.0.1:7311/;accesskey=abcd";
    expect(format.connectionString(given, false)).toBe(`${start}…`);
    expect(format.connectionString(given, true)).toBe(`${start}efgh=`);
    expect(format.connectionString(undefined, true)).toBe("–");
  });

  it("shows the settings for a .env file with its own origin", () => {
    const entra = { authorityHost: "https://emulator:1", tenantId: "t", clientId: "c", clientSecret: "s" };
    expect(format.environmentText(entra).split("\n")).toEqual([
      "AZURE_TENANT_ID=t",
      "AZURE_CLIENT_ID=c",
      "AZURE_CLIENT_SECRET=s",
      "AZURE_AUTHORITY_HOST=http://127.0.0.1:7311",
      "COMMUNICATION_ENDPOINT=http://127.0.0.1:7311",
      expect.stringMatching(/^# NODE_EXTRA_CA_CERTS /),
      "",
    ]);
  });

  it("tells the well-known keys from others", () => {
    const keys = [btoa("acs-identity emulator: secondary"), btoa("another key"), "no base64!"];
    expect(keys.map(format.isWellKnown)).toEqual([true, false, false]);
  });

  it("makes GUIDs in lower case", () => {
    expect(format.randomGuid()).toMatch(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(format.randomGuid()).not.toBe(format.randomGuid());
  });
});
