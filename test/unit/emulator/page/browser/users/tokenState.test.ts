import { beforeEach, describe, expect, it } from "vitest";
import type { ListedToken } from "../../../../../../src/emulator/admin/models.js";
import { stubBrowser } from "../stubBrowser.js";

stubBrowser();
beforeEach(() => stubBrowser());
const { isActive, nextState, nextText, stateOf } = await import(
  "../../../../../../src/emulator/page/browser/users/tokenState.js"
);

// At noon, so that what is some minutes off has the same date everywhere.
const now = new Date(2026, 0, 1, 12).getTime();
const minute = 60_000;
const midnight = now + 12 * 60 * minute;
const at = (time: number) => new Date(time).toISOString();
const token = (expires: number, revoked?: number): ListedToken =>
  ({
    number: 1,
    issuedAt: at(now - 60 * minute),
    expiresOn: at(expires),
    scopes: [],
    ...(revoked !== undefined && { revokedAt: at(revoked) }),
  }) as unknown as ListedToken;

describe("the state of a token", () => {
  it.each<[string, ListedToken, number, string, string, boolean]>([
    ["expires in ten minutes", token(now + 10 * minute), 0, "active", "10 min left", true],
    ["expires sooner", token(now + 10 * minute - 1000), 0, "soon", "9 min 59 s left", true],
    ["expires now", token(now), 0, "expired", "expired 12:00:00", false],
    ["was revoked", token(now + minute, now - 2000), 0, "revoked", "revoked 11:59:58", false],
    [
      "was revoked later than now, since the time was set back",
      token(now + minute, now + minute),
      0,
      "revoked",
      "revoked 12:01:00",
      false,
    ],
    ["will be revoked", token(now + 5 * minute, now - 1000), minute, "revoking", "revoked in 59 s", true],
    [
      "was revoked after the delay",
      token(now + 5 * minute, now - minute),
      minute,
      "revoked",
      "revoked 12:00:00",
      false,
    ],
    ["expires before it is revoked", token(now, now - 1000), minute, "revoked", "revoked 12:00:59", false],
  ])("says so if it %s", (_, given, delayInMs, state, text, active) => {
    expect(stateOf(given, now, delayInMs)).toEqual({ state, text });
    expect(isActive(given, now, delayInMs)).toBe(active);
  });

  it.each<[string, ListedToken, number, number, number]>([
    ["has long to go", token(now + 20 * minute + 5000), 0, now + 5001, now + 10 * minute + 5001],
    ["has a day to go", token(now + 24 * 60 * minute), 0, now + 1, midnight],
    ["expires in ten minutes", token(now + 10 * minute), 0, now + 1, now + 1],
    ["expires sooner", token(now + 5 * minute), 0, now + 1, now + 5 * minute],
    ["will be revoked", token(now + 20 * minute, now), minute, now + 1, now + minute],
    ["was revoked", token(now - minute, now - minute), 0, midnight, midnight],
    ["has expired", token(now), 0, midnight, midnight],
  ])("of a token that %s has another text and another state at the right time", (...given) => {
    const [, listed, delayInMs, text, state] = given;
    expect(nextText(listed, now, delayInMs)).toBe(text);
    expect(nextState(listed, now, delayInMs)).toBe(state);
  });
});
