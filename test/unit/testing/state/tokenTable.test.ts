import { expect, it, vi } from "vitest";
import { TokenTable } from "../../../../src/testing/state/tokenTable.js";

it("a table of a thousand tokens drops those whose lifetime has passed by the machine's clock", () => {
  vi.useFakeTimers({ toFake: ["Date"], now: 0 });
  const table = new TokenTable();
  const add = (token: number, lifetime: number) =>
    table.add({
      type: "tokenIssued",
      token,
      user: 1,
      scopes: "chat",
      issuedAt: 100,
      expiresAt: 100 + lifetime,
    });
  const kept = () => [...table.list(0)].map(({ token }) => token);
  add(1, 11);
  for (let token = 2; token < 1000; token++) add(token, 10);
  vi.setSystemTime(11_000);
  add(1000, 1);
  expect(kept()).toHaveLength(1000);
  add(1001, 1);
  expect(kept()).toEqual([1, 1000, 1001]);
  vi.setSystemTime(20_000);
  for (let token = 1002; token < 1999; token++) add(token, 1);
  expect(kept()[0]).toBe(1);
  add(1999, 1);
  expect(kept()[0]).toBe(1002);
});
