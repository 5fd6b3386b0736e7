import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { freePort } from "../../../test/helpers/freePort.js";
import { call } from "../inProcess.js";
import { programPath, skippedWithout } from "../installed.js";
import { noPostgres } from "../postgres.js";
import { type OwnLab, openOwnLab, root } from "./lab.js";

const program = programPath("prometheus");
const victoriaMetrics = programPath("victoria-metrics");
const naming = "-opentelemetry.usePrometheusNaming";
/** That of Debian 12 and of Ubuntu 24.04 is older than this option. */
const namesAsPrometheus =
  victoriaMetrics !== undefined &&
  spawnSync(victoriaMetrics, ["-help"], { encoding: "utf8" }).stdout?.includes(naming) === true;
const noVictoriaMetrics = skippedWithout(namesAsPrometheus, `VictoriaMetrics with ${naming}`);
const noPrometheus = noPostgres || skippedWithout(program, "Prometheus");

const readme = readFileSync(join(root, "README.md"), "utf8");

interface Prometheus {
  readonly url: string;
  /** Returns the labels of each series of a query. */
  query(expression: string): Promise<Readonly<Record<string, string>>[]>;
  /** Returns the alerts that fire now, such as `TokenServiceAlarm credential`. */
  firing(): Promise<string[]>;
  stop(): Promise<void>;
}

describe.skipIf(noPrometheus)(`Prometheus${noPrometheus}`, () => {
  let lab: OwnLab;
  beforeAll(async () => {
    lab = await openOwnLab();
  });
  afterAll(() => lab?.close());

  /** Starts Debian's Prometheus with the rules as shipped, but for their minutes, which are seconds. */
  async function startPrometheus(port: number, targets: readonly string[]): Promise<Prometheus> {
    const rules = readFileSync(join(root, "operations/alerts.yaml"), "utf8");
    writeFileSync(join(lab.folder, "alerts.yaml"), rules.replace(/(?<=\[|for: )(\d+)m/g, "$1s"));
    writeFileSync(
      join(lab.folder, "prometheus.yaml"),
      `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [alerts.yaml]
scrape_configs:
  - job_name: scraped
    static_configs: [{ targets: ${JSON.stringify(targets)} }]
`,
    );
    const options = [
      `--config.file=${join(lab.folder, "prometheus.yaml")}`,
      `--storage.tsdb.path=${join(lab.folder, String(port))}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--query.lookback-delta=5s",
    ];
    const server = spawn(program ?? "", options, { stdio: "ignore" });
    const kill = () => server.kill("SIGKILL");
    process.once("exit", kill);
    const url = `http://127.0.0.1:${port}`;
    const ask = async (path: string) => (await (await fetch(`${url}/api/v1/${path}`)).json()).data;
    await expect.poll(async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.status).toBe(200);
    return {
      url,
      query: async (expression) => {
        const { result } = await ask(`query?query=${encodeURIComponent(expression)}`);
        return result.map(({ metric }: { metric: object }) => metric);
      },
      firing: async () => {
        const alerts: { state: string; labels: Record<string, string> }[] = (await ask("alerts")).alerts;
        return alerts
          .filter(({ state }) => state === "firing")
          .map(({ labels: { alertname, alarm, reason, dependency } }) =>
            [alertname, alarm ?? reason ?? dependency].filter(Boolean).join(" "),
          );
      },
      stop: async () => {
        process.off("exit", kill);
        server.kill("SIGTERM");
        await once(server, "exit");
      },
    };
  }

  const scraped = (port: number) => ({
    OTEL_METRICS_EXPORTER: "prometheus",
    OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
  });

  it("scrapes the metrics of every rule, from this machine alone", async () => {
    const metricsPort = await freePort();
    const instance = await lab.startInstance(scraped(metricsPort));
    const prometheus = await startPrometheus(await freePort(), [`127.0.0.1:${metricsPort}`]);
    try {
      expect((await call(instance.url, "POST", "/token", await lab.signIn("alice"))).status).toBe(200);
      const rules = readFileSync(join(root, "operations/alerts.yaml"), "utf8");
      const names = new Set(rules.match(/\b(?:token_service|db_client)_\w+/g));
      expect(names.size).toBeGreaterThan(7);
      for (const name of names) {
        await expect.poll(() => prometheus.query(`count by (job) (${name})`)).toEqual([{ job: "scraped" }]);
      }
      const ownName = "http_server_request_duration_bucket";
      expect(await prometheus.query(`count by (job) (${ownName})`)).toEqual([{ job: "scraped" }]);
      expect(readme).toContain(`\`${ownName}\``);
      expect(listeners(metricsPort), "127.0.0.1").toEqual(["0100007F"]);
      expect(instance.log.join()).not.toContain("OpenTelemetry failed");
    } finally {
      await instance.end();
      await prometheus.stop();
    }
  });

  it("fires for an alarm that was raised before its first sample, for what nobody sees from /readyz, and for no instance", async () => {
    const { emulator } = lab;
    const ports = [await freePort(), await freePort(), await freePort()] as const;
    const key = Buffer.alloc(64, "another key").toString("base64");
    const refusedByAcs = {
      COMMUNICATION_ENDPOINT: "",
      COMMUNICATION_CONNECTION_STRING: `endpoint=${emulator.url};accesskey=${key}`,
    };
    const instances = await Promise.all([
      lab.startInstance({ ...scraped(ports[0]), ...refusedByAcs }),
      lab.startInstance({ ...scraped(ports[1]), TOKEN_AUDIENCE: "elsewhere" }),
      lab.startInstance({
        ...scraped(ports[2]),
        SCOPE_POLICY: '[{"claim":"scp","value":"other","scopes":["voip"]}]',
      }),
    ]);
    const [withoutKey, withoutAudience, withoutPolicy] = instances;
    const alice = await lab.signIn("alice");
    for (let caller = 0; caller < 3; caller++) {
      expect((await call(withoutKey.url, "POST", "/token", alice)).status).toBe(500);
    }
    const prometheus = await startPrometheus(
      await freePort(),
      ports.map((port) => `127.0.0.1:${port}`),
    );
    let isOver = false;
    const calling = (async () => {
      while (!isOver) {
        expect((await call(withoutAudience.url, "POST", "/token", alice)).status).toBe(401);
        expect((await call(withoutPolicy.url, "POST", "/token", alice)).status).toBe(403);
      }
    })();
    try {
      await expect.poll(() => prometheus.firing()).toContain("TokenServiceAlarm credential");
      await expect.poll(() => prometheus.firing()).toContain("TokenServiceRefusesSignIns audience");
      await expect.poll(() => prometheus.firing()).toContain("TokenServiceRefusesScopes");
      await expect.poll(() => prometheus.firing()).toContain("TokenServiceDependency acs");
      expect(new Set(await prometheus.firing())).toEqual(
        new Set([
          "TokenServiceAlarm credential",
          "TokenServiceRefusesSignIns audience",
          "TokenServiceRefusesScopes",
          "TokenServiceDependency acs",
        ]),
      );
      isOver = true;
      await calling;
      await Promise.all(instances.map((instance) => instance.end()));
      // All of them are down, and each of them is.
      const all = ["TokenServiceAbsent", "TokenServiceInstances", ...ports.map(() => "TokenServiceInstance")];
      await expect.poll(async () => (await prometheus.firing()).toSorted()).toEqual(all.toSorted());
    } finally {
      isOver = true;
      await prometheus.stop();
    }
  });

  it("fires if callers wait long, though every call succeeds", async () => {
    const metricsPort = await freePort();
    const instance = await lab.startInstance(scraped(metricsPort));
    const prometheus = await startPrometheus(await freePort(), [`127.0.0.1:${metricsPort}`]);
    const tokens = await Promise.all(["dora", "emil", "fred"].map((name) => lab.signIn(name)));
    lab.emulator.service.failNext({ operation: "getToken", delayInMs: 8_500, times: "unlimited" });
    let isOver = false;
    const calling = tokens.flatMap((token) =>
      Array.from({ length: 10 }, async (_, index) => {
        await sleep(index * 850);
        while (!isOver) expect((await call(instance.url, "POST", "/token", token)).status).toBe(200);
      }),
    );
    try {
      await expect
        .poll(() => prometheus.firing())
        .toEqual(expect.arrayContaining(["TokenServiceSlow", "TokenServiceVerySlow"]));
      const runbook = readFileSync(join(root, "operations/runbook.md"), "utf8");
      const [, where = ""] = /`(histogram_quantile[^`]+)`/.exec(runbook) ?? [];
      // The runbook's query names the dependency that takes the time.
      expect(await prometheus.query(`${where.replace("5m", "5s")} > 3`)).toEqual([{ dependency: "acs" }]);
    } finally {
      isOver = true;
      await Promise.all(calling);
      lab.emulator.service.clearFaults();
      await instance.end();
      await prometheus.stop();
    }
  });

  it.skipIf(noVictoriaMetrics)(
    `has the same names and labels as an OTLP receiver that somebody else wrote${noVictoriaMetrics}`,
    async () => {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const options = [
        ...[`-httpListenAddr=127.0.0.1:${port}`, `-storageDataPath=${join(lab.folder, "victoriaMetrics")}`],
        ...[naming, "-search.latencyOffset=0s"],
        `-relabelConfig=${join(root, "operations/victoriaMetrics.yaml")}`,
      ];
      const server = spawn(victoriaMetrics ?? "", options, { stdio: "ignore" });
      await expect.poll(async () => (await fetch(`${url}/health`).catch(() => undefined))?.status).toBe(200);
      const sent = {
        OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/opentelemetry`,
        OTEL_TRACES_EXPORTER: "none",
        OTEL_METRIC_EXPORT_INTERVAL: "500",
        OTEL_METRIC_EXPORT_TIMEOUT: "400",
      };
      const instances = await Promise.all([lab.startInstance(sent), lab.startInstance(sent)]);
      const query = async (expression: string) =>
        (await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`)).json();
      try {
        const token = await lab.signIn("alice");
        for (const instance of instances) await call(instance.url, "POST", "/token", token);
        const rules = readFileSync(join(root, "operations/alerts.yaml"), "utf8");
        for (const name of new Set(rules.match(/\b(?:token_service|db_client)_\w+/g))) {
          const labels = async () =>
            (await query(`count by (job, instance) (${name})`)).data.result.map(
              ({ metric }: { metric: object }) => metric,
            );
          const instance = { job: "token-service", instance: expect.stringMatching(/^[\da-f-]{36}$/) };
          await expect.poll(labels, { message: name }).toEqual([instance, instance]);
        }
        const ownName = "http_server_request_duration_seconds_bucket";
        await expect.poll(async () => (await query(`count(${ownName})`)).data.result).toHaveLength(1);
        expect(readme).toContain(`\`${ownName}\``);
        const { groups } = parse(rules) as { groups: { rules: { alert?: string; expr: string }[] }[] };
        for (const { expr } of groups.flatMap((group) => group.rules).filter(({ alert }) => alert)) {
          expect(await query(expr)).toMatchObject({ status: "success", data: { result: [] } });
        }
      } finally {
        await Promise.all(instances.map((instance) => instance.end()));
        server.kill("SIGKILL");
        await once(server, "exit");
      }
    },
  );

  it("that isn't there is an error in the log, once a minute", async () => {
    const instance = await lab.startInstance({
      OTEL_EXPORTER_OTLP_ENDPOINT: `${lab.emulator.url}/nothing`,
      OTEL_METRIC_EXPORT_INTERVAL: "200",
    });
    const failures = () =>
      instance.log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "OpenTelemetry failed");
    await expect
      .poll(failures)
      .toMatchObject([{ level: 50, times: 1, cause: { message: expect.any(String) } }]);
    for (let exported = 0; exported < 5; exported++) await call(instance.url, "POST", "/token");
    expect(failures()).toHaveLength(1);
    await instance.end();
  });
});

/** Returns the addresses at which a port listens, as the kernel writes them. */
function listeners(port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const rows = ["tcp", "tcp6"].flatMap((file) => readFileSync(`/proc/net/${file}`, "utf8").split("\n"));
  return rows.flatMap((row) => new RegExp(`^ *\\d+: (\\w+):${hex} \\w+:0000 0A `).exec(row)?.[1] ?? []);
}
