import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startAcsProxy } from "../chaos/acsProxy.js";
import { startProxy } from "../chaos/proxy.js";
import { call, type Reply } from "../inProcess.js";
import { noPgBouncer, startPgBouncer } from "../pgbouncer.js";
import { noPostgres } from "../postgres.js";
import {
  type Ground,
  type Instance,
  type Lab,
  type OwnLab,
  openLab,
  openOwnLab,
  prepareGround,
} from "./lab.js";

describe.skipIf(noPostgres)(`a database outage${noPostgres}`, () => {
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

  /** Makes more calls than the pool has connections. */
  async function callTogether(url: string): Promise<Reply[]> {
    const tokens = await Promise.all(Array.from({ length: 12 }, (_, index) => lab.signIn(`caller ${index}`)));
    return Promise.all(tokens.map((token) => call(url, "POST", "/token", token)));
  }

  /** An instance that has started stays ready. */
  async function expectUnavailable(url: string, readiness = 200): Promise<void> {
    for (const { body, headers } of await callTogether(url)) {
      expect(body).toMatchObject({ status: 503 });
      expect(Number(headers.get("Retry-After"))).toBeGreaterThan(0);
    }
    expect((await call(url, "GET", "/readyz")).status).toBe(readiness);
    expect((await call(url, "GET", "/healthz")).status).toBe(200);
  }

  async function expectRecovery(url: string): Promise<void> {
    await expect.poll(async () => (await call(url, "POST", "/token", alice)).status).toBe(200);
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

  it("of a locked ledger leaves no connections behind", async () => {
    const instance = await lab.startInstance({ DATABASE_POOL_SIZE: "3" });
    await callTogether(instance.url);
    await lab.database.query("BEGIN; LOCK TABLE ledger");
    const counter = new pg.Client(await ground.postgres.createDatabase());
    await counter.connect();
    for (let round = 0; round < 2; round++) {
      await expectUnavailable(instance.url);
      const { rows } = await counter.query(
        "SELECT count(*)::integer AS count FROM pg_stat_activity WHERE application_name = 'token-service'",
      );
      expect(rows[0].count).toBeLessThanOrEqual(3);
    }
    await counter.end();
    await lab.database.query("ROLLBACK");
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
      await expectUnavailable(instance.url, 503);
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

  it.skipIf(noPgBouncer)(`of none: an instance works behind PgBouncer${noPgBouncer}`, async () => {
    const bouncer = await startPgBouncer(ground.postgres);
    try {
      const instance = await lab.startInstance({ DATABASE_URL: bouncer.pooledUrl(lab.databaseUrl) });
      await expectRecovery(instance.url);
      expect(await instance.end("SIGTERM")).toBe(0);
    } finally {
      await bouncer.stop();
    }
  });
});

describe.skipIf(noPostgres)(`Entra${noPostgres}`, () => {
  let lab: OwnLab;
  beforeAll(async () => {
    lab = await openOwnLab();
  });
  afterAll(() => lab?.close());

  /** An application's secret takes the place of the managed identity. */
  const application = () => ({
    AZURE_TOKEN_CREDENTIALS: "EnvironmentCredential",
    AZURE_AUTHORITY_HOST: lab.emulator.url,
    AZURE_TENANT_ID: lab.emulator.service.entra.tenantId,
    AZURE_CLIENT_ID: lab.emulator.service.entra.clientId,
    AZURE_CLIENT_SECRET: lab.emulator.service.entra.clientSecret,
  });
  /** Returns the alarms of an instance that has had one call. Its last line can come after the response. */
  const waitForAlarms = async ({ log }: Instance) => {
    const answered = (line: string) => line.includes('"msg":"Answered"') && line.includes('"route":"/token"');
    await expect.poll(() => log.some(answered)).toBe(true);
    return log.filter((line) => line.includes('"alarm":"credential"'));
  };

  it("gives the service a token for its secret", async () => {
    const instance = await lab.startInstance(application());
    expect((await call(instance.url, "POST", "/token", await lab.signIn("alice"))).status).toBe(200);
  });

  it("that refuses the service's secret is a 500 and an alarm", async () => {
    const instance = await lab.startInstance({ ...application(), AZURE_CLIENT_SECRET: "another" });
    const { body } = await call(instance.url, "POST", "/token", await lab.signIn("bob"));
    expect(body).toMatchObject({ status: 500, code: "internal" });
    expect(await waitForAlarms(instance)).toHaveLength(1);
  });

  it("that refuses connections is a 503 without an alarm, and leaves no entry", async () => {
    const settings = { ...application(), AZURE_AUTHORITY_HOST: "https://127.0.0.1:9" };
    const instance = await lab.startInstance(settings);
    const { body, headers } = await call(instance.url, "POST", "/token", await lab.signIn("carol"));
    expect(body).toMatchObject({ status: 503, code: "unavailable" });
    expect(headers.get("Retry-After")).toBe("5");
    expect(await waitForAlarms(instance)).toEqual([]);
    const { rows } = await lab.database.query("SELECT state FROM ledger WHERE state <> 'current'");
    expect(rows).toEqual([]);
  });

  it("that fails is a 503, too", async () => {
    const acs = await startAcsProxy(Number(new URL(lab.emulator.url).port), lab.ground.certificates);
    acs.refuse(/\/oauth2\//);
    try {
      const instance = await lab.startInstance({ ...application(), AZURE_AUTHORITY_HOST: acs.url });
      const { body } = await call(instance.url, "POST", "/token", await lab.signIn("dave"));
      expect(body).toMatchObject({ status: 503, code: "unavailable" });
      expect(await waitForAlarms(instance)).toEqual([]);
    } finally {
      acs.close();
    }
  });
});
