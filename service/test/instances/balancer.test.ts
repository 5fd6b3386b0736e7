import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../../test/helpers/freePort.js";
import { startProxy } from "../chaos/proxy.js";
import { call, type Reply } from "../inProcess.js";
import { programPath, skippedWithout } from "../installed.js";
import { noPostgres } from "../postgres.js";
import { type Instance, type OwnLab, openOwnLab, root } from "./lab.js";

const program = programPath("haproxy");
const noBalancer = noPostgres || skippedWithout(program, "HAProxy");
const origin = "https://app.contoso.com";

describe.skipIf(noBalancer)(`a load balancer that asks /readyz${noBalancer}`, () => {
  let lab: OwnLab;
  beforeAll(async () => {
    lab = await openOwnLab();
  });
  afterAll(() => lab?.close());

  /** Starts HAProxy with the configuration as shipped, but for its addresses. */
  async function startBalancer(urls: readonly string[]) {
    const port = await freePort();
    const file = join(lab.folder, "haproxy.cfg");
    const shipped = readFileSync(join(root, "operations/haproxy.cfg"), "utf8");
    const addresses = ["127.0.0.1:8081", "127.0.0.1:8082"];
    const own = addresses.reduce(
      (text, address, index) => text.replaceAll(address, new URL(urls[index] ?? "").host),
      shipped.replace("127.0.0.1:8000", `127.0.0.1:${port}`),
    );
    writeFileSync(file, own);
    const balancer = spawn(program ?? "", ["-db", "-f", file], { stdio: "ignore" });
    return {
      url: `http://127.0.0.1:${port}`,
      stop: async () => {
        balancer.kill("SIGTERM");
        await once(balancer, "exit");
      },
    };
  }

  /** What a page needs to read the balancer's own answer. */
  const expectProblem = ({ status, headers, body }: Reply, expected: number, id: unknown) => {
    expect(status).toBe(expected);
    expect(body).toMatchObject({ status: expected, code: "unavailable", requestId: id });
    expect(Number(headers.get("Retry-After"))).toBeGreaterThan(0);
    expect(headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(headers.get("Access-Control-Expose-Headers")).toContain("Retry-After");
    expect(headers.get("X-Request-Id")).toEqual(id);
    expect(headers.get("Cache-Control")).toBe("no-store");
  };

  it("takes out an instance that is cut off from PostgreSQL, and asks it again later", async () => {
    const { port } = new URL(lab.databaseUrl);
    const proxy = await startProxy(Number(port));
    const DATABASE_URL = lab.databaseUrl.replace(`:${port}/`, `:${proxy.port}/`);
    const [cut, whole] = await Promise.all([lab.startInstance({ DATABASE_URL }), lab.startInstance()]);
    const balancer = await startBalancer([cut.url, whole.url]);
    const alice = await lab.signIn("alice");
    const post = async () =>
      (
        await fetch(`${balancer.url}/token`, {
          method: "POST",
          headers: { Authorization: `Bearer ${alice}` },
        })
      ).status;
    const inARow = async (calls: number) => {
      const statuses = [];
      for (let call = 0; call < calls; call++) statuses.push(await post());
      return statuses;
    };
    try {
      await expect.poll(() => post().catch(() => 0)).toBe(200);
      proxy.close();
      const during = await inARow(40);
      const failed = during.filter((status) => status === 503).length;
      // Without it, every second call would fail.
      expect(failed).toBeGreaterThanOrEqual(3);
      expect(failed, during.join()).toBeLessThanOrEqual(8);
      expect((await fetch(`${cut.url}/readyz`)).status).toBe(200);
      const refused = () => cut.log.filter((line) => /"status":503.*"Answered"/.test(line)).length;
      const refusedSoFar = refused();
      // The balancer asks the instance again later, and takes it out again.
      await expect
        .poll(async () => {
          await post();
          return refused();
        })
        .toBeGreaterThan(refusedSoFar);
    } finally {
      await balancer.stop();
      await Promise.all([cut.end(), whole.end()]);
    }
  });

  it("sends what didn't reach an instance to another one, and answers like the service if none is left", async () => {
    const instances = await Promise.all([1, 2].map(() => lab.startInstance()));
    const [killed, last] = instances as [Instance, Instance];
    const balancer = await startBalancer(instances.map(({ url }) => url));
    const alice = await lab.signIn("alice");
    const post = (headers = {}) =>
      call(balancer.url, "POST", "/token", alice, { Origin: origin, ...headers });
    const preflight = () =>
      fetch(`${balancer.url}/token`, {
        method: "OPTIONS",
        headers: { Origin: origin, "Access-Control-Request-Method": "POST" },
      });
    try {
      // Both instances are in rotation.
      for (const { log } of instances) {
        await expect
          .poll(async () => {
            await post().catch(() => undefined);
            return log.join();
          })
          .toContain('"Answered"');
      }
      await killed.end("SIGKILL");
      const during = await Promise.all(Array.from({ length: 40 }, () => post()));
      expect(new Set(during.map(({ status }) => status))).toEqual(new Set([200]));

      await last.end("SIGKILL");
      await expect.poll(async () => (await preflight()).status).toBe(204);
      const { headers } = await preflight();
      expect(headers.get("Access-Control-Allow-Headers")).toMatch(/^Authorization,/);
      expectProblem(await post({ "X-Request-Id": 'b"d' }), 503, expect.stringMatching(/^[\w-]{36}$/));
    } finally {
      await balancer.stop();
    }
  });

  it("sends a request once that an instance may have begun, also if it never answers", async () => {
    const received: unknown[] = [];
    const silent = [1, 2].map(() =>
      createServer(({ url, headers }, response) => {
        if (url === "/readyz") response.end();
        else received.push(headers["x-request-id"]);
      }),
    );
    const urls = await Promise.all(
      silent.map(async (server) => {
        await once(server.listen(0, "127.0.0.1"), "listening");
        return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      }),
    );
    const balancer = await startBalancer(urls);
    try {
      const ready = () => fetch(`${balancer.url}/readyz`).catch(() => undefined);
      await expect.poll(async () => (await ready())?.status).toBe(200);
      const reply = await call(balancer.url, "POST", "/token", "", { "X-Request-Id": "from-the-app" });
      expectProblem(reply, 504, "from-the-app");
      expect(received).toEqual(["from-the-app"]);
    } finally {
      await balancer.stop();
      for (const server of silent) server.close().closeAllConnections();
    }
  });

  it("keeps both instances while PostgreSQL is frozen, so that every 503 is theirs", async () => {
    const instances = [1, 2].map(() => lab.startInstance({ ALLOWED_ORIGINS: origin }));
    const balancer = await startBalancer((await Promise.all(instances)).map(({ url }) => url));
    const tokens = await Promise.all(Array.from({ length: 10 }, (_, index) => lab.signIn(`caller ${index}`)));
    const post = (token: string) =>
      fetch(`${balancer.url}/token`, {
        method: "POST",
        headers: { Authorization: `Bearer ${token}`, Origin: origin },
      });
    try {
      await expect.poll(async () => (await post(tokens[0] ?? "").catch(() => undefined))?.status).toBe(200);
      lab.ground.postgres.signal("SIGSTOP");
      const seen: object[] = [];
      const end = Date.now() + 12_000;
      const work = tokens.map(async (token) => {
        while (Date.now() < end) {
          const { status, headers } = await post(token);
          seen.push({
            status,
            isForBrowsers: headers.get("Access-Control-Allow-Origin") === origin,
            saysWhen: Number(headers.get("Retry-After")) > 0,
          });
          await sleep(200);
        }
      });
      await Promise.all(work);
      expect(seen.length).toBeGreaterThan(tokens.length);
      for (const answer of seen) expect(answer).toEqual({ status: 503, isForBrowsers: true, saysWhen: true });
      lab.ground.postgres.signal("SIGCONT");
      await expect.poll(async () => (await post(tokens[0] ?? "")).status).toBe(200);
    } finally {
      lab.ground.postgres.signal("SIGCONT");
      await balancer.stop();
    }
  });
});
