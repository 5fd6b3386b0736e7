import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../../test/helpers/freePort.js";
import { pathOf, skippedWithout } from "../installed.js";
import { noPostgres } from "../postgres.js";
import { type Ground, type Lab, openLab, prepareGround } from "./lab.js";

const program = pathOf("haproxy");
const noBalancer = noPostgres || skippedWithout(program, "HAProxy");
const origin = "https://app.contoso.com";

describe.skipIf(noBalancer)(`a load balancer that asks /readyz${noBalancer}`, () => {
  let ground: Ground;
  let lab: Lab;
  let folder: string;
  beforeAll(async () => {
    ground = await prepareGround();
    lab = await openLab(ground);
    folder = mkdtempSync(join(tmpdir(), "token-service-haproxy-"));
  });
  afterAll(async () => {
    await lab?.close();
    await ground?.close();
    rmSync(folder, { recursive: true });
  });

  async function startBalancer(urls: readonly string[]) {
    const port = await freePort();
    const servers = urls.map((url, index) => `server s${index} ${new URL(url).host} check inter 500 fall 2`);
    const file = join(folder, "haproxy.cfg");
    writeFileSync(
      file,
      `defaults
  mode http
  timeout connect 2s
  timeout client 30s
  timeout server 30s
listen token-service
  bind 127.0.0.1:${port}
  option httpchk GET /readyz
  ${servers.join("\n  ")}
`,
    );
    const balancer = spawn(program ?? "", ["-db", "-f", file], { stdio: "ignore" });
    return {
      url: `http://127.0.0.1:${port}`,
      stop: async () => {
        balancer.kill("SIGTERM");
        await once(balancer, "exit");
      },
    };
  }

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
      ground.postgres.signal("SIGSTOP");
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
      ground.postgres.signal("SIGCONT");
      await expect.poll(async () => (await post(tokens[0] ?? "")).status).toBe(200);
    } finally {
      ground.postgres.signal("SIGCONT");
      await balancer.stop();
    }
  });
});
