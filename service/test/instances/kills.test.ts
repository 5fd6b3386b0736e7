import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { freePort } from "../../../test/helpers/freePort.js";
import { call, userIds } from "../inProcess.js";
import { noPostgres } from "../postgres.js";
import {
  announceSigterm,
  type Ground,
  type Instance,
  instanceEnvironment,
  type Lab,
  openLab,
  prepareGround,
  root,
} from "./lab.js";

/** Longer than a kill takes. The emulator waits for this delay when it closes. */
const long = 3_000;

describe.skipIf(noPostgres)(`an instance that is killed${noPostgres}`, () => {
  let ground: Ground;
  let lab: Lab;
  let instance: Instance;
  let alice: string;
  beforeAll(async () => {
    ground = await prepareGround();
  });
  afterAll(() => ground?.close());
  beforeEach(async () => {
    lab = await openLab(ground);
    instance = await lab.startInstance();
    alice = await lab.signIn("alice");
  });
  afterEach(() => lab.close());

  /** Sends a request without waiting for its response. */
  function send(method: string, path: string, to = instance): void {
    call(to.url, method, path, alice).catch(() => {});
  }

  async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
    await vi.waitUntil(isTrue, { timeout: 60_000, interval: 10 });
  }

  async function hasEntry(state: string, condition = ""): Promise<boolean> {
    const sql = `SELECT id FROM ledger WHERE state = $1 ${condition}`;
    const { rowCount } = await lab.database.query(sql, [state]);
    return rowCount !== 0;
  }

  const hasUser = () => userIds(lab.emulator).length > 0;
  const failNext: typeof lab.emulator.service.failNext = (fault) => lab.emulator.service.failNext(fault);

  /** Keeps every instance from writing to the ledger until `kill`. */
  async function stopWrites(): Promise<void> {
    await lab.database.query("BEGIN");
    await lab.database.query("LOCK TABLE ledger IN EXCLUSIVE MODE");
  }

  async function kill(...instances: Instance[]): Promise<void> {
    await Promise.all((instances.length > 0 ? instances : [instance]).map((each) => each.end()));
    // If the session kept the lock, PostgreSQL would still run a statement that waits for it.
    await lab.database.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'token-service'",
    );
    await lab.database.query("ROLLBACK");
  }

  /** Expects that reconciliation leaves nothing behind but what it counts, and that the caller gets a token again. */
  async function expectOrder(currentUsers: 0 | 1, unanswered = 0): Promise<void> {
    await sleep(1_100);
    const { failed, entries } = await lab.reconcile({ RECONCILE_AFTER_SECONDS: "1" });
    expect({ failed, entries }).toEqual({
      failed: 0,
      entries: { creating: 0, current: currentUsers, surplus: 0, deleting: 0, unanswered },
    });
    const { users, entries: without } = await lab.unaccounted();
    expect(users.length).toBeLessThanOrEqual(unanswered);
    expect(without).toEqual([]);
    const { url } = await lab.startInstance();
    const getToken = () => call(url, "POST", "/token", alice);
    // After a creation that was unanswered, the caller has to wait.
    await expect.poll(async () => (await getToken()).status).toBe(200);
    const { body } = await getToken();
    expect(userIds(lab.emulator).filter((id) => !users.includes(id))).toEqual([
      body.user.communicationUserId,
    ]);
  }

  describe("during a sign-in", () => {
    it("counts the creation that ACS was about to carry out", async () => {
      failNext({ operation: "createUser", delayInMs: long });
      send("POST", "/token");
      // An instance that is killed before this leaves nothing that has to be counted.
      await until(() => hasEntry("creating", "AND was_sent"));
      await kill();
      await expectOrder(0, 1);
    });

    it("counts the creation that the ledger wasn't told about", async () => {
      failNext({ operation: "createUser", delayInMs: 4_000 });
      send("POST", "/token");
      await until(() => hasEntry("creating"));
      // The service reads the ledger again, which the lock would stop, before it asks ACS.
      await sleep(1_000);
      await stopWrites();
      await until(hasUser);
      await kill();
      await expectOrder(0, 1);
    });

    it("keeps the user between the update of the ledger and the token", async () => {
      failNext({ operation: "getToken", delayInMs: long });
      send("POST", "/token");
      await until(() => hasEntry("current"));
      await kill();
      await expectOrder(1);
    });

    it("leaves no surplus user behind", async () => {
      // This is longer than the command takes to start on a busy machine, and shorter than the service waits for ACS.
      failNext({ operation: "createUser", delayInMs: 9_000 });
      send("POST", "/token");
      await until(() => hasEntry("creating"));
      await sleep(1_100);
      const { entries } = await lab.reconcile({ RECONCILE_AFTER_SECONDS: "1" });
      expect(entries, "given up before ACS answers").toMatchObject({ creating: 0, unanswered: 1 });
      await until(() => hasEntry("surplus"));
      await kill();
      await expectOrder(0);
    });
  });

  describe("during a deletion", () => {
    beforeEach(async () => {
      await call(instance.url, "POST", "/token", alice);
    });

    it("leaves no user behind before it revokes the tokens", async () => {
      failNext({ operation: "revokeTokens", delayInMs: long });
      send("DELETE", "/user");
      await until(() => hasEntry("deleting"));
      await kill();
      await sleep(1_100);
      failNext({ operation: "deleteUser", status: 403 });
      expect(await lab.reconcile({ RECONCILE_AFTER_SECONDS: "1" })).toMatchObject({ failed: 1 });
      await expectOrder(0);
    });

    it("leaves no user behind between the revocation and the deletion", async () => {
      const { body } = await call(instance.url, "POST", "/token", alice);
      failNext({ operation: "deleteUser", delayInMs: long });
      send("DELETE", "/user");
      await until(async () => !(await lab.emulator.service.inspectToken(body.token)).valid);
      await kill();
      expect(hasUser()).toBe(true);
      await expectOrder(0);
    });

    it("leaves no entry behind between the deletion and the update of the ledger", async () => {
      failNext({ operation: "deleteUser", delayInMs: long });
      send("DELETE", "/user");
      // The last write before the user is deleted.
      await until(() => hasEntry("deleting", "AND revoked_at IS NOT NULL"));
      await stopWrites();
      await until(() => !hasUser());
      await kill();
      expect(await hasEntry("deleting")).toBe(true);
      await sleep(1_100);
      const { entries } = await lab.reconcile({ RECONCILE_AFTER_SECONDS: "1" });
      expect(entries).toEqual({ creating: 0, current: 0, surplus: 0, deleting: 0, unanswered: 0 });
      expect(await lab.unaccounted()).toEqual({ users: [], entries: [] });
    });
  });

  it("is cleaned up after by the other instances, without a command", async () => {
    await call(instance.url, "POST", "/token", alice);
    failNext({ operation: "revokeTokens", delayInMs: long });
    send("DELETE", "/user");
    await until(() => hasEntry("deleting"));
    await kill();
    // Shows that the resource is the right one when ACS says that it has no such user.
    const other = await lab.startInstance({ RECONCILE_AFTER_SECONDS: "1" });
    await call(other.url, "POST", "/token", await lab.signIn("bob"));
    await until(async () => !(await hasEntry("deleting")));
    expect(userIds(lab.emulator)).toHaveLength(1);
  });
});

describe.skipIf(noPostgres)(`an instance${noPostgres}`, () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await prepareGround();
  });
  afterAll(() => ground?.close());

  it("leaves the load balancer on SIGTERM, finishes its requests, and exits with 0", async () => {
    const lab = await openLab(ground);
    try {
      const instance = await lab.startInstance({ DRAIN_SECONDS: "1" });
      lab.emulator.service.failNext({ operation: "getToken", delayInMs: 1_500 });
      const reply = call(instance.url, "POST", "/token", await lab.signIn("alice"));
      await sleep(300);
      const exit = instance.end("SIGTERM");
      await sleep(200);
      const ready = await call(instance.url, "GET", "/readyz");
      expect(ready.body).toMatchObject({ status: 503, code: "stopping" });
      expect((await call(instance.url, "GET", "/healthz")).status).toBe(200);
      expect((await reply).status).toBe(200);
      expect(await exit).toBe(0);
    } finally {
      await lab.close();
    }
  });

  it("exits with 0 on SIGTERM from the first line of its own code", async () => {
    const lab = await openLab(ground);
    try {
      for (const milliseconds of [0, 50, 200, 500]) {
        const instance = await lab.startInstance({ NODE_OPTIONS: announceSigterm }, /^\{\}$/);
        await sleep(milliseconds);
        expect(await instance.end("SIGTERM")).toBe(0);
      }
    } finally {
      await lab.close();
    }
  });

  it("serves, and exits with 0 on SIGTERM, though nobody reads its log", async () => {
    const lab = await openLab(ground);
    const url = `http://127.0.0.1:${await freePort()}`;
    const settings = {
      ...instanceEnvironment(lab.emulator, lab.databaseUrl, ground),
      PORT: new URL(url).port,
    };
    const env = { ...settings, LOG_LEVEL: "debug" };
    const child = spawn(process.execPath, ["dist/main.js"], {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const get = (path: string) =>
      fetch(`${url}${path}`).then(
        ({ ok }) => ok,
        () => false,
      );
    await expect.poll(() => get("/readyz")).toBe(true);
    // This is more than a pipe takes.
    for (let round = 0; round < 10; round++)
      await Promise.all(Array.from({ length: 100 }, () => get("/healthz")));
    expect((await call(url, "POST", "/token", await lab.signIn("alice"))).status).toBe(200);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    await lab.close();
  });

  it("doesn't start on the database of another resource", async () => {
    const lab = await openLab(ground);
    try {
      await lab.startInstance();
      const other = { COMMUNICATION_ENDPOINT: "https://other.communication.azure.com" };
      await expect(lab.startInstance(other)).rejects.toThrow("The instance ended with 1");
    } finally {
      await lab.close();
    }
  });
});
