import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startProxy } from "../chaos/proxy.js";
import { call, type Reply } from "../inProcess.js";
import { noPgBouncer, startPgBouncer } from "../pgbouncer.js";
import { noPostgres } from "../postgres.js";
import { type Ground, type Lab, openLab, prepareGround } from "./lab.js";

describe.skipIf(noPostgres)(`a database outage${noPostgres ?? ""}`, () => {
  let ground: Ground;
  let lab: Lab;
  let alice: string;
  beforeAll(async () => {
    ground = await prepareGround();
  });
  afterAll(() => ground?.close());
  beforeEach(async () => {
    lab = await openLab(ground);
    alice = await lab.signIn("alice");
  });
  afterEach(() => lab.close());

  /** More calls than the pool has connections. */
  async function callTogether(url: string): Promise<Reply[]> {
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, index) => lab.signIn(`caller ${index}`)));
    return Promise.all(tokens.map((token) => call(url, "POST", "/token", token)));
  }

  async function expectUnavailable(url: string): Promise<void> {
    for (const { body, headers } of await callTogether(url)) {
      expect(body).toMatchObject({ status: 503 });
      expect(Number(headers.get("Retry-After"))).toBeGreaterThan(0);
    }
    expect((await call(url, "GET", "/readyz")).body).toMatchObject({ status: 503, code: "no-database" });
    expect((await call(url, "GET", "/healthz")).status).toBe(200);
  }

  async function expectRecovery(url: string): Promise<void> {
    await expect.poll(async () => (await call(url, "GET", "/readyz")).status).toBe(200);
    for (const { status } of await callTogether(url)) expect(status).toBe(200);
  }

  it("of a frozen server is answered with 503, and ends by itself", async () => {
    const instance = await lab.startInstance();
    await callTogether(instance.url);
    ground.postgres.signal("SIGSTOP");
    try {
      await expectUnavailable(instance.url);
    } finally {
      ground.postgres.signal("SIGCONT");
    }
    await expectRecovery(instance.url);
  });

  it("without any answer or reset ends when new connections reach a server", async () => {
    const proxy = await startProxy(ground.postgres.port);
    try {
      const settings = { DATABASE_URL: lab.databaseUrl.replace(/:\d+\//, `:${proxy.port}/`) };
      const instance = await lab.startInstance(settings);
      await callTogether(instance.url);
      proxy.freezeConnections();
      // The calls that had the silent connections fail, and the next ones open others.
      await callTogether(instance.url);
      await expectRecovery(instance.url);
      proxy.freezeConnections();
      expect(await instance.end("SIGTERM")).toBe(0);
    } finally {
      proxy.close();
    }
  });

  it("doesn't keep an instance from stopping with 0", async () => {
    const instance = await lab.startInstance();
    await callTogether(instance.url);
    ground.postgres.signal("SIGSTOP");
    try {
      const replies = callTogether(instance.url);
      await sleep(500);
      expect(await instance.end("SIGTERM")).toBe(0);
      for (const { status } of await replies) expect(status).toBe(503);
    } finally {
      ground.postgres.signal("SIGCONT");
    }
  });

  it("at the start is waited for, also until SIGTERM", async () => {
    ground.postgres.signal("SIGSTOP");
    try {
      const instance = await lab.startInstance({}, /Waiting for the database/);
      await expectUnavailable(instance.url);
      const other = await lab.startInstance({}, /Waiting for the database/);
      expect(await other.end("SIGTERM")).toBe(0);
      ground.postgres.signal("SIGCONT");
      await expectRecovery(instance.url);
      expect(await instance.end("SIGTERM")).toBe(0);
    } finally {
      ground.postgres.signal("SIGCONT");
    }
  });

  it("by a crash ends when the server is back", async () => {
    const instance = await lab.startInstance();
    const before = await call(instance.url, "POST", "/token", alice);
    lab.database.on("error", () => {});
    ground.postgres.signal("SIGKILL");
    await expectUnavailable(instance.url);
    await ground.postgres.restart();
    await expectRecovery(instance.url);
    const after = await call(instance.url, "POST", "/token", alice);
    expect(after.body.user).toEqual(before.body.user);
  });

  it.skipIf(noPgBouncer)(`of none: an instance works behind PgBouncer${noPgBouncer ?? ""}`, async () => {
    const bouncer = await startPgBouncer(ground.postgres);
    try {
      const instance = await lab.startInstance({ DATABASE_URL: bouncer.urlOf(lab.databaseUrl) });
      await expectRecovery(instance.url);
      expect(await instance.end("SIGTERM")).toBe(0);
    } finally {
      await bouncer.stop();
    }
  });
});
