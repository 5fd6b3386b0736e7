import { describe, expect, it } from "vitest";
import { acsIdentityHere, emulatorForCommands } from "../../helpers/cli/command.js";

describe("acs-identity token", () => {
  it.each(["soon", "60.5", "90m", "1e3x"])("refuses --expires-in %s", async (given) => {
    const { code, err } = await acsIdentityHere(["token", "issue", "--scope", "voip", "--expires-in", given]);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^--expires-in must be a whole number of minutes/),
    ]);
  });

  it("issues a token for a new or an existing user, and revokes it", async () => {
    const { emulator, environment } = await emulatorForCommands();
    const first = await acsIdentityHere(["token", "issue", "--scope", "voip"], { environment });
    expect(first.code).toBe(0);
    const { valid, userId = "" } = await emulator.service.inspectToken(first.out.trimEnd());
    expect(valid).toBe(true);
    expect(first.err).toBe(`For the new user ${userId}, expires in 24 hours\n`);

    const second = await acsIdentityHere(["token", "issue", userId, "--scope", "chat"], { environment });
    const token = second.out.trimEnd();
    expect(await emulator.service.inspectToken(token)).toMatchObject({ valid: true, userId });

    const args = ["token", "issue", "--scope", "chat", "--expires-in", "60"];
    const { err } = await acsIdentityHere([...args, userId], { environment });
    expect(err).toBe(`For ${userId}, expires in 60 minutes\n`);
    const another = await acsIdentityHere(args, { environment });
    expect(another.err).toMatch(/^For the new user \S+, expires in 60 minutes\n$/);

    const inspected = async () =>
      JSON.parse((await acsIdentityHere(["token", "inspect", token, "--json"], { environment })).out)
        .emulator;
    expect(await inspected()).toMatchObject({ valid: true, userId });
    const revoked = await acsIdentityHere(["token", "revoke", userId], { environment });
    expect(revoked).toEqual({ code: 0, out: `Revoked every token of ${userId}\n`, err: "" });
    expect(await inspected()).toMatchObject({ valid: false, problem: "revoked" });
  });
});
