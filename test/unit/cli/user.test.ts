import { describe, expect, it } from "vitest";
import { CommunicationIdentityClient } from "../../../src/index.js";
import { acsIdentityHere, emulatorForCommands } from "../../helpers/cli/command.js";

describe("acs-identity user", () => {
  it("creates a user and prints only its id, and deletes it", async () => {
    const { emulator, environment } = await emulatorForCommands();
    const client = new CommunicationIdentityClient(emulator.connectionString);
    const created = await acsIdentityHere(["user", "create"], { environment });
    expect(created).toMatchObject({ code: 0, err: "" });
    const id = created.out.trimEnd();
    expect(id).toMatch(/^8:acs:[\w-]+$/);
    await client.getToken({ communicationUserId: id }, ["voip"]);
    const deleted = await acsIdentityHere(["user", "delete", id, "--json"], { environment });
    expect({ ...deleted, out: JSON.parse(deleted.out) }).toEqual({
      code: 0,
      err: "",
      out: { id, deleted: true },
    });
    await expect(client.getToken({ communicationUserId: id }, ["voip"])).rejects.toThrow("doesn't exist");
  });

  it("says which user it deleted", async () => {
    const { emulator, environment } = await emulatorForCommands();
    const id = (await acsIdentityHere(["user", "create"], { environment })).out.trimEnd();
    const deleted = await acsIdentityHere(["user", "delete", id], { environment });
    expect(deleted).toEqual({ code: 0, out: `Deleted ${id}\n`, err: "" });
    expect(emulator.service.users).toEqual([]);
  });

  it.each([
    ["commas", " voip, chat"],
    ["blanks, which PowerShell makes of commas", "voip chat "],
  ])("creates a user with a token for scopes with %s", async (_, given) => {
    const { emulator, environment } = await emulatorForCommands();
    const args = ["user", "create", "--token", given, "--expires-in", "60", "--json"];
    const before = Date.now();
    const { code, out, err } = await acsIdentityHere(args, { environment });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const { id, token, expiresOn } = JSON.parse(out);
    expect(await emulator.service.inspectToken(token)).toMatchObject({
      valid: true,
      userId: id,
      scopes: ["voip", "chat"],
    });
    expect(Date.parse(expiresOn)).toBeGreaterThan(before + 59 * 60_000);
    expect(Date.parse(expiresOn)).toBeLessThanOrEqual(Date.now() + 60 * 60_000);
    const printed = await acsIdentityHere(args.slice(0, -1), { environment });
    expect(printed).toEqual({
      code: 0,
      out: expect.stringMatching(/^8:acs:\S+\n\S+\n$/),
      err: "The token expires in 60 minutes\n",
    });
  });
});
