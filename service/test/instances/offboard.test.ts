import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { call, objectIdOf, userIds } from "../inProcess.js";
import { noPostgres } from "../postgres.js";
import { type OwnLab, openOwnLab, root } from "./lab.js";

describe.skipIf(noPostgres)(`npm run offboard${noPostgres}`, () => {
  let lab: OwnLab;
  let token: string;
  let url: string;
  beforeAll(async () => {
    lab = await openOwnLab();
    ({ url } = await lab.startInstance());
    const alice = await lab.signIn("alice");
    token = await vi.waitUntil(async () => (await call(url, "POST", "/token", alice)).body.token, 60_000);
  });
  afterAll(() => lab?.close());

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

  it("deletes the ACS user of a person, and what the limits remember of them", async () => {
    const arrivals = "SELECT count(*)::integer FROM arrivals WHERE key LIKE 'caller:%'";
    expect((await lab.database.query(arrivals)).rows).toEqual([{ count: 1 }]);
    const { status, output } = await lab.offboard("--subject", objectIdOf("alice"));
    expect((await lab.database.query(arrivals)).rows).toEqual([{ count: 0 }]);
    expect(output).toContain('"deleted":["8:acs:');
    expect(status).toBe(0);
    expect(userIds(lab.emulator)).toEqual([]);
  });

  it("is final until it is undone", async () => {
    const alice = await lab.signIn("alice");
    expect((await call(url, "POST", "/token", alice)).body).toMatchObject({
      status: 403,
      code: "offboarded",
    });
    const { status, output } = await lab.offboard("--subject", objectIdOf("alice"), "--undo");
    expect(output).toContain('"undone":true');
    expect(status).toBe(0);
    expect((await call(url, "POST", "/token", alice)).status).toBe(200);
    expect((await lab.offboard("--subject", objectIdOf("alice"), "--keep-access")).status).toBe(0);
    expect((await call(url, "POST", "/token", alice)).status, "a new user").toBe(200);
    expect((await lab.offboard("--subject", objectIdOf("alice"))).status).toBe(0);
  });

  it("reads ids from standard input, one a line, and exits with 2 if one has to be repeated", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `person ${index}`);
    for (const name of names) await call(url, "POST", "/token", await lab.signIn(name));
    const lines = ["", ...names.map(objectIdOf), objectIdOf("stranger"), ""].join("\n");
    lab.emulator.service.failNext({ operation: "deleteUser", status: 400 });
    const first = await lab.offboard({ input: lines }, "--subject", "-");
    expect(first.output.match(/"deleted":\["8:acs:/g)).toHaveLength(names.length - 1);
    expect(first.output).toContain('{"deleted":11,"unknown":1,"failed":1}');
    expect(first.status).toBe(2);
    expect((await lab.offboard({ input: lines }, "--subject", "-")).status).toBe(0);
    expect(userIds(lab.emulator)).toEqual([]);
    expect((await lab.offboard({ input: lines }, "--subject", "-")).status, "nothing is left").toBe(3);
  });
});

// An exit code of 0 would say that everything is done.
it.each([["migrate"], ["reconcile"], ["offboard", "--everybody"]])(
  "SIGTERM kills %s, which waits for a silent database",
  async (program, ...options) => {
    const database = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void database.close());
    await once(database, "listening");
    const child = spawn(process.execPath, [`dist/${program}.js`, ...options], {
      cwd: root,
      env: {
        COMMUNICATION_ENDPOINT: "https://contoso.communication.azure.com",
        TOKEN_ISSUER: "https://login.contoso.com",
        TOKEN_AUDIENCE: "tokens",
        TOKEN_JWKS_URL: "https://login.contoso.com/keys",
        SCOPE_POLICY: '[{"scopes":["voip"]}]',
        DATABASE_URL: `postgres://tokens@127.0.0.1:${(database.address() as AddressInfo).port}/tokens`,
      },
    });
    await once(database, "connection");
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([null, "SIGTERM"]);
  },
);
