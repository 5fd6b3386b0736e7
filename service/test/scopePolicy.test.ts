import { describe, expect, it } from "vitest";
import { applyPolicy, scopePolicy } from "../src/scopePolicy.js";

describe("the scope policy", () => {
  const policy = scopePolicy.parse(
    JSON.stringify([
      { claim: "scp", value: "calls.make", scopes: ["voip"] },
      { claim: "roles", value: "agent", scopes: ["chat", "voip"], teams: true },
      { claim: "groups", value: "guests", scopes: ["chat.join.limited"], teams: false },
    ]),
  );

  it.each<[Record<string, unknown>, string[], boolean]>([
    [{}, [], false],
    [{ scp: "calls.make" }, ["voip"], false],
    [{ scp: "profile calls.make email" }, ["voip"], false],
    [{ scp: "calls.make.all" }, [], false],
    [{ scp: "Calls.Make" }, [], false],
    [{ scp: ["calls.make"] }, ["voip"], false],
    [{ roles: "agent" }, ["chat", "voip"], true],
    [{ roles: ["admin", "agent"], scp: "calls.make" }, ["voip", "chat"], true],
    [{ groups: ["guests"], roles: ["agents"] }, ["chat.join.limited"], false],
    [{ groups: 7, roles: null, scp: { value: "calls.make" } }, [], false],
  ])("gives claims %o the scopes %o, and Teams: %s", (claims, scopes, teams) => {
    expect(applyPolicy(claims, policy)).toEqual({ scopes, teams });
  });

  it.each<object>([
    { claim: "", value: "agent" },
    { claim: "roles", value: "" },
    { claim: "roles", value: 7 },
  ])("can't have a rule for %o", (rule) => {
    expect(scopePolicy.safeParse(JSON.stringify([{ ...rule, teams: true }])).success).toBe(false);
  });

  it("gives everybody what a rule without a claim has", () => {
    const scopes = ["chat", "chat.join", "chat.join.limited", "voip", "voip.join"];
    expect(applyPolicy({}, scopePolicy.parse(JSON.stringify([{ scopes }])))).toEqual({
      scopes,
      teams: false,
    });
  });
});
