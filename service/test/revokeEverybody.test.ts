import { afterEach, describe, expect, it } from "vitest";
import { type Progress, revokeEverybody } from "../src/revokeEverybody.js";
import { type Running, start } from "./inProcess.js";

let service: Running;
afterEach(() => service.stop());

describe("a revocation of everybody's tokens", () => {
  async function tokensOf(count: number): Promise<string[]> {
    const calls = Array.from({ length: count }, async (_, index) => {
      const { body } = await service.call("POST", "/token", await service.signIn(`caller ${index}`));
      return body.token as string;
    });
    return Promise.all(calls);
  }

  const revoked = () =>
    service.emulator.service.requests.filter(({ operation }) => operation === "revokeTokens").length;

  it("goes on after being killed, and then begins anew", async () => {
    service = await start();
    const tokens = await tokensOf(25);
    const parts = service.openParts();
    const kill = ({ left }: Progress) => {
      if (left < 25) throw new Error("killed");
    };
    await expect(revokeEverybody(parts, kill)).rejects.toThrow("killed");
    expect(revoked()).toBe(10);
    const progress: object[] = [];
    const result = await revokeEverybody(parts, (each) => progress.push(each));
    expect(result).toEqual({ revoked: 15, left: 0 });
    expect(progress).toEqual([
      { revoked: 0, left: 15 },
      { revoked: 10, left: 5 },
      { revoked: 15, left: 0 },
    ]);
    expect(revoked()).toBe(25);
    for (const token of tokens) {
      expect(await service.emulator.service.inspectToken(token)).toMatchObject({ problem: "revoked" });
    }
    expect(await revokeEverybody(parts, () => {})).toEqual({ revoked: 25, left: 0 });
  });

  it("keeps the resource's limit, and leaves what fails for the next time", async () => {
    service = await start((settings) => ({
      ...settings,
      acs: { ...settings.acs, shareOfLimits: 0.2 },
    }));
    await tokensOf(8);
    // Five at once, and the fault of one isn't a fault of all.
    service.emulator.service.failNext({ operation: "revokeTokens", status: 400 });
    const parts = service.openParts();
    expect(await revokeEverybody(parts, () => {})).toEqual({ revoked: 7, left: 1 });
    expect(service.log).toContainEqual(expect.objectContaining({ msg: "A user's tokens weren't revoked" }));
    expect(await revokeEverybody(parts, () => {})).toEqual({ revoked: 1, left: 0 });
  });
});
