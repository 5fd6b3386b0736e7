import { beforeEach, describe, expect, it } from "vitest";
import type { ListedToken, ListedUser } from "../../../../../../src/emulator/admin/models.js";
import { stubBrowser } from "../stubBrowser.js";

stubBrowser();
beforeEach(() => stubBrowser());
const users = await import("../../../../../../src/emulator/page/browser/users/users.js");

// At noon, so that what is some minutes off has the same date everywhere.
const now = new Date(2026, 0, 1, 12).getTime();
const minute = 60_000;
const at = (time: number) => new Date(time).toISOString();
const token = (expires: number, revoked?: number, number = 1): ListedToken =>
  ({
    number,
    issuedAt: at(now - 60 * minute),
    expiresOn: at(expires),
    scopes: [],
    ...(revoked !== undefined && { revokedAt: at(revoked) }),
  }) as unknown as ListedToken;

describe("the page's list of users", () => {
  const user = (own: string, number: number, changes: object = {}): ListedUser =>
    ({
      number,
      id: `8:acs:r_${own}`,
      createdAt: at(now),
      tokenCount: 0,
      tokens: [],
      ...changes,
    }) as unknown as ListedUser;
  const [a, b, c] = [user("a", 3), user("b", 2), user("c", 1)];
  const sameIdAgain = user("b", 4, { createdAt: at(now + 1) });

  it.each<[string, ListedUser[], ListedUser, ListedUser[]]>([
    ["keeps its place", [a, c], b, [a, b, c]],
    ["comes last if what came after it is gone", [a], b, [a, b]],
    ["comes last if it was", [a, b], c, [a, b, c]],
    ["comes once if a snapshot has brought it back", [a, b, c], b, [a, b, c]],
    ["comes beside the one that has its id again", [sameIdAgain, c], b, [sameIdAgain, b, c]],
  ])("has a deleted user, which %s", (_, listed, gone, expected) => {
    expect(users.withDeleted(listed, [{ user: gone, deletedAt: now }])).toEqual(expected);
  });

  it.each([
    ["ALI", true],
    ["8:ACS:R_A", true],
    ["", true],
    ["bob", false],
  ])("finds a deleted user by id and custom id in any case: with %j %s", (search, found) => {
    expect(users.isFound(user("a", 3, { customId: "Alice" }), search)).toBe(found);
  });

  it("says how many there are, and how many it shows", () => {
    expect([users.countText(7, 7, ""), users.countText(7, 2, "x")]).toEqual(["7", "2 of 7"]);
    expect(users.shownText(50, 70, "")).toBe("The newest 50 of 70 users. Search to find others.");
    expect(users.shownText(50, 70, "x")).toBe("The newest 50 of 70 users found.");
  });

  it.each([
    [{}, [], "no token"],
    [{ lastTokenIssuedAt: at(now - minute) }, [], "no valid token, last issued 11:59:00"],
    [{ tokenCount: 2 }, [token(now + minute), token(now)], "2 tokens, 1 active"],
    [{ tokenCount: 3 }, [token(now + minute), token(now)], "3 tokens"],
    [{ tokenCount: 1 }, [token(now + minute, now - 1)], "1 token"],
  ])("says of a user with %j: %s", (changes, tokens, text) => {
    const facts = users.factsText(user("a", 3, changes), tokens, now, 1000);
    expect(facts).toBe(`created 12:00:00 · ${text}`);
  });

  it.each([
    [0, "deleted 12:00:00."],
    [1, "deleted 12:00:00. Its token is void."],
    [2, "deleted 12:00:00. Its 2 tokens are void."],
  ])("says of a deleted user with %d tokens: %s", (tokenCount, text) => {
    expect(users.deletedText(user("a", 3, { tokenCount }), now)).toBe(text);
  });
});
