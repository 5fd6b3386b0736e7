import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { call, objectIdOf, usersOf } from "../inProcess.js";
import { noPostgres } from "../postgres.js";
import { type Ground, type Lab, openLab, prepareGround } from "./lab.js";

describe.skipIf(noPostgres)(`npm run offboard${noPostgres ?? ""}`, () => {
  let ground: Ground;
  let lab: Lab;
  let token: string;
  beforeAll(async () => {
    ground = await prepareGround();
    lab = await openLab(ground);
    const { url } = await lab.startInstance();
    const alice = await lab.signIn("alice");
    token = await vi.waitUntil(async () => (await call(url, "POST", "/token", alice)).body.token, 60_000);
  });
  afterAll(async () => {
    await lab?.close();
    await ground?.close();
  });

  it("exits with 3 if the ledger doesn't know the person", async () => {
    const { status, output } = await lab.offboard("--subject", objectIdOf("bob"));
    expect(output).toContain(`The ledger has no user of ${objectIdOf("bob")}`);
    expect(status).toBe(3);
  });

  it("revokes everybody's tokens", async () => {
    const { status, output } = await lab.offboard("--everybody");
    expect(output).toContain('{"revoked":1,"left":0}');
    expect(output).toContain("It can take 15 minutes");
    expect(status).toBe(0);
    expect(await lab.emulator.service.inspectToken(token)).toMatchObject({ problem: "revoked" });
  });

  it("deletes the ACS user of a person", async () => {
    const { status, output } = await lab.offboard("--subject", objectIdOf("alice"));
    expect(output).toContain('"deleted":["8:acs:');
    expect(status).toBe(0);
    expect(usersOf(lab.emulator)).toEqual([]);
  });
});
