// What the token service's pages, files and code say of each other. Its own suite runs Docker Compose and Prometheus.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { sourceText } from "../helpers/documents.js";

interface Operation {
  readonly responses: Readonly<
    Record<string, { content?: { "application/json": { schema: { $ref: string } } } }>
  >;
}

const root = fileURLToPath(new URL("../../service", import.meta.url));
const read = (path: string) => readFileSync(`${root}/${path}`, "utf8");
const sources = sourceText("service/src");
/** The service has a compiler's configuration of its own. */
const known: {
  readonly alarms: readonly string[];
  readonly problemCodes: Readonly<Record<string, readonly number[]>>;
} = await import(`${root}/src/problem.ts`);
const metricNames = Array.from(
  read("src/metrics.ts").matchAll(/: (?:counter|gauge)(?:<[^>]+>)?\(\s*"(\w+)"/g),
  ([, name = ""]) => name,
);

describe("compose.yaml", () => {
  const { services, networks } = parse(read("compose.yaml"), { merge: true });

  it("runs programs that the image has", () => {
    for (const { command } of [services.migrate, services["token-service"]]) {
      const programs = command.filter((word: string) => word.endsWith(".js"));
      expect(programs.length).toBeGreaterThan(0);
      for (const program of programs) {
        const source = program.replace(/^(?:\.\/)?dist\/(.+)\.js$/, `${root}/src/$1.ts`);
        expect(existsSync(source), source).toBe(true);
      }
    }
    const [, imageCommand = ""] = /^CMD (.+)$/m.exec(read("Dockerfile")) ?? [];
    expect(services["token-service"].command).toEqual(JSON.parse(imageCommand));
  });

  it("waits for a database over TCP, which the image opens last", () => {
    expect(services.postgres.healthcheck.test).toContain("--host 127.0.0.1");
    expect(services.migrate.depends_on.postgres.condition).toBe("service_healthy");
  });

  const [, ofImage = ""] = /^HEALTHCHECK .* CMD (.+)$/m.exec(read("Dockerfile")) ?? [];
  it.each([
    ["the image", JSON.parse(ofImage)],
    ["compose.yaml", services["token-service"].healthcheck.test.slice(1)],
  ])("the health check of %s asks whether the process works, not whether it is ready", async (_, command) => {
    const server = createServer(({ url }, response) =>
      response.writeHead(url === "/healthz" ? 200 : 503).end(),
    );
    await once(server.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const [, ...options] = command.map((word: string) =>
      word.replaceAll(/8080|5432(?=, "postgres")/g, String(port)).replace('"postgres"', '"127.0.0.1"'),
    );
    const asked = spawn(process.execPath, options);
    expect(await once(asked, "exit")).toEqual([0, null]);
  });

  it("gives the service the grace period that README.md asks for", () => {
    const { stop_grace_period: grace } = services["token-service"];
    const drain = Number(/drainSeconds: integer\(.+, (\d+)\)/.exec(read("src/settings.ts"))?.[1]);
    const [, more] = /must be DRAIN_SECONDS plus (\d+) seconds/.exec(read("README.md")) ?? [];
    expect(Number.parseInt(grace, 10)).toBeGreaterThanOrEqual(drain + Number(more));
  });

  it("lets nothing but the service reach PostgreSQL", () => {
    const { postgres, certificate, ...others } = services;
    expect(postgres).not.toHaveProperty("ports");
    expect([postgres.networks, certificate.network_mode, networks.database.internal]).toEqual([
      ["database"],
      "none",
      true,
    ]);
    for (const { networks: own, network_mode: mode } of Object.values<typeof postgres>(others)) {
      expect([own.includes("database"), mode]).toEqual([true, undefined]);
    }
  });
});

describe("the alert rules", () => {
  const rules = read("operations/alerts.yaml");

  it("lead to a part of the runbook", () => {
    const headings = [...read("operations/runbook.md").matchAll(/^## (.+)$/gm)].map(([, heading = ""]) =>
      heading.toLowerCase().replaceAll(" ", "-"),
    );
    const links = [...rules.matchAll(/runbook\.md#([\w-]+)/g)].map(([, link]) => link);
    expect(links.length).toBe([...rules.matchAll(/- alert:/g)].length);
    for (const link of links) expect(headings).toContain(link);
  });

  it("use the metrics that the service records", () => {
    for (const [, name = ""] of rules.matchAll(/token_service_(\w+?)(?:_total)?[[{)\s]/g)) {
      expect(metricNames).toContain(name);
    }
  });

  it("are those that the runbook lists, each with its part", () => {
    const [overview = ""] = read("operations/runbook.md").split("## ");
    const listed = [...overview.matchAll(/^\| `(\w+)` \|.*\(#([\w-]+)\) \|$/gm)];
    const shipped: { alert: string; annotations: { runbook: string } }[] = parse(rules).groups[0].rules;
    expect(listed.map(([, name, part]) => [name, part])).toEqual(
      shipped.map(({ alert, annotations }) => [alert, annotations.runbook.split("#")[1]]),
    );
  });
});

describe("openapi.yaml", () => {
  const { paths, components } = parse(read("openapi.yaml"));

  it("has the requests and responses of README.md", () => {
    const rows = [...read("README.md").matchAll(/^\| `([A-Z]+) (\/[\w/]*)` +\| (?:(\d+)|`\{ (.+?) \}`)/gm)];
    const listed = rows.map(([, method = "", path, status = "200", members = ""]) => {
      const names = members.replace(/: \{.*?\}/g, "").match(/\w+/g) ?? [];
      return [path, method.toLowerCase(), status, names];
    });
    const documented = Object.entries<Record<string, Operation>>(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses }]) => {
        const [[status = "", { content }] = ["", {}]] = Object.entries(responses);
        const { $ref } = content?.["application/json"].schema ?? {};
        const name = $ref?.split("/").at(-1);
        return [path, method, status, name && name !== "Status" ? components.schemas[name].required : []];
      }),
    );
    expect(listed).toEqual(documented);
  });

  it("has the problems' codes, each with its status", () => {
    const { description, enum: codes } = components.schemas.Problem.properties.code;
    const given = /\b(?:Problem|super|refuse)\((\d+), "([\w-]+)"|tryLater\("([\w-]+)"/g;
    const thrown = [...sources.matchAll(given)].map(([, status = 503, code, later]) => [
      code ?? later,
      status,
    ]);
    const listed = [...description.matchAll(/(\d+) ((?:[a-z-]+(?:, |;|$))+)/g)].flatMap(([, status, list]) =>
      list.match(/[a-z-]+/g).map((code: string) => [code, status]),
    );
    const sorted = (pairs: unknown[][]) => [...new Set(pairs.map(String))].toSorted();
    // The status of what can't be read is Node's or Fastify's.
    const isOwn = ([code]: unknown[]) => code !== "bad-request";
    expect(sorted(listed.filter(isOwn))).toEqual(sorted(thrown.filter(isOwn)));
    expect(codes).toEqual([...new Set(listed.map(([code]) => code))].toSorted());
    const counted = Object.entries(known.problemCodes).flatMap(([code, statuses]) =>
      statuses.map((status) => [code, status]),
    );
    const ofUnreadable = listed.length > 0 ? [408, 413, 431].map((status) => ["bad-request", status]) : [];
    expect(sorted(counted)).toEqual(sorted([...listed, ...ofUnreadable]));
  });

  it("explains each code of a refusal in the runbook", () => {
    const runbook = read("operations/runbook.md");
    const partOf = (status: number) => runbook.split(`\n## ${status}\n`)[1]?.split("\n## ")[0];
    for (const [code, statuses] of Object.entries(known.problemCodes)) {
      for (const status of statuses) {
        if ([401, 403, 429].includes(status)) expect(partOf(status), code).toContain(code);
      }
    }
    const reasons = read("src/metrics.ts").match(/(?<=\{ reason: ")\w+/g);
    expect(partOf(401)?.match(/(?<=^\| `)\w+(?=` \|)/gm)).toEqual(reasons);
  });
});

it("the runbook explains each alarm and each 503 that the service has", () => {
  const parts = read("operations/runbook.md").split(/^## /m);
  const partOf = (title: string) => parts.find((part) => part.startsWith(`${title}\n`)) ?? "";
  const names = (text: string, pattern: RegExp) =>
    [...new Set(Array.from(text.matchAll(pattern), ([, name]) => name))].toSorted();
  expect(names(partOf("Alarms"), /^\| `(\w+)` \|/gm)).toEqual([...known.alarms].toSorted());
  const explained = names(partOf("503"), /^- `([\w-]+)`/gm);
  // `stopping` is for the load balancer alone.
  const given = names(sources, /(?:tryLater\(|super\(503, )"(?!stopping)([\w-]+)"/g);
  expect(explained).toEqual(given);
});

describe("README.md", () => {
  const page = read("README.md");

  it("lists the metrics", () => {
    const [, list = ""] = /Metrics: (.*?) and `http/s.exec(page) ?? [];
    expect(list.match(/(?<=`(?:token_service)?\.)\w+/g)).toEqual(metricNames);
  });

  it("has the defaults of the settings", () => {
    const settings = read("src/settings.ts").matchAll(
      /^ {2}([a-z]\w+): (?:(?!,$)[\s\S])*?(?:\.default\("?|integer\([\d_]+, [\d_]+, )([^")]+)/gm,
    );
    const expected = Array.from(settings, ([, name = "", value]) => [
      name.replace(/[A-Z]/g, "_$&").toUpperCase(),
      value,
    ]);
    const rows = page.matchAll(/^\| ((?:`[A-Z_]+`(?:, )?)+) \| .*Default: (.+) \|$/gm);
    const documented = [...rows].flatMap(([, names = "", text = ""]) => {
      const values = text.replaceAll("`", "").split(", ");
      return names.split(", ").map((name, index) => [name.replaceAll("`", ""), values[index]]);
    });
    expect(expected.length).toBeGreaterThan(8);
    expect(Object.fromEntries(documented)).toMatchObject(Object.fromEntries(expected));
  });
});

it("README.md promises no shorter waits than the limits allow", () => {
  const [, promised] =
    /waits at most (\d+) seconds .* 408 within half a minute/.exec(read("README.md")) ?? [];
  const app = read("src/app.ts");
  const limit = (name: string) =>
    Number(new RegExp(`${name} ?[:=] ([\\d_]+)`).exec(app)?.[1]?.replace("_", ""));
  // What is left is for the response of a busy machine.
  expect(limit("longestRequest")).toBeLessThanOrEqual(Number(promised) * 1000 - 3_000);
  expect(limit("requestTimeout") + limit("connectionsCheckingInterval")).toBeLessThan(30_000);
});

describe("package.json", () => {
  const { scripts, engines } = JSON.parse(read("package.json"));

  it("has the commands that README.md names, which build what they run", () => {
    const [, table = ""] = /^## Commands\n(.+?)^## /ms.exec(read("README.md")) ?? [];
    const commands = new Set([...table.matchAll(/^\| `npm (?:run )?(\w+)/gm)].map(([, name = ""]) => name));
    expect([...commands]).toEqual(["migrate", "start", "offboard", "reconcile"]);
    for (const command of commands) {
      expect(scripts[`pre${command}`]).toBe("npm run --silent build");
      if (command !== "start") expect(scripts[command]).toBe(`node dist/${command}.js`);
    }
  });

  it("starts what the image starts, and needs the Node that README.md names", () => {
    expect(read("Dockerfile")).toContain(`"${scripts.start.split(" ").join('", "')}"]`);
    expect(read("README.md")).toContain(`Node.js ${engines.node.replace(/^>=(.+)\.0$/, "$1")} or later`);
  });
});
