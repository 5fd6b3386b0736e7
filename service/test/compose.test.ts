import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { timeLimit } from "../../test/helpers/timeLimit.js";
import { readMigrationSettings, readSettings } from "../src/settings.js";
import { skippedWithout } from "./installed.js";
import { smallestEnvironment } from "./smallestEnvironment.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const { services, volumes, networks } = parse(read("compose.yaml"), { merge: true });
const dockerfile = read("Dockerfile");
// That of Ubuntu 24.04 needs a module that its Python no longer has.
const startsCompose = spawnSync("docker-compose", ["version"]).status === 0;
const noCompose = skippedWithout(startsCompose, "docker-compose that starts");

describe("compose.yaml", { timeout: timeLimit }, () => {
  it.skipIf(noCompose)(`is a file that Docker Compose accepts${noCompose}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "token-service-compose-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    cpSync(`${root}/compose.yaml`, join(folder, "compose.yaml"));
    writeFileSync(join(folder, ".env"), "POSTGRES_PASSWORD=letters\n");
    const { status, stderr } = spawnSync("docker-compose", ["config", "--quiet"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(status, stderr).toBe(0);
  });

  it("gives the programs a database over TLS", () => {
    const { migrate, "token-service": service } = services;
    // The file isn't there.
    const url = migrate.environment.DATABASE_URL.replace(/\$\{POSTGRES_PASSWORD[^}]*\}/, "letters");
    const accepted = (text: string) => readMigrationSettings({ DATABASE_URL: text }).databaseUrl;
    expect(() => accepted(url)).toThrow("DATABASE_URL can't be used: ENOENT");
    expect(accepted(url.replace(/&sslrootcert=.*/, ""))).toContain("sslmode=verify-full");
    expect(service.environment.DATABASE_URL).toBe(migrate.environment.DATABASE_URL);
    expect(service.depends_on.migrate.condition).toBe("service_completed_successfully");
  });

  it("gives no program more than it needs", () => {
    const { certificate, postgres, migrate, "token-service": service } = services;
    for (const { read_only, cap_drop, security_opt, volumes } of [migrate, service]) {
      expect({ read_only, cap_drop, security_opt, volumes }).toEqual({
        read_only: true,
        cap_drop: ["ALL"],
        security_opt: ["no-new-privileges:true"],
        volumes: ["tls:/tls:ro"],
      });
    }
    expect([certificate.cap_drop, certificate.cap_add]).toEqual([["ALL"], ["CHOWN"]]);
    expect(service.ports, "of this machine only").toEqual(["127.0.0.1:8080:8080"]);
    const { HOST, PORT } = service.environment;
    expect([HOST, PORT], "whatever .env says").toEqual(["0.0.0.0", 8080]);
    expect([migrate.env_file, service.env_file]).toEqual([".env", ".env"]);
    expect([postgres, service, migrate, certificate].map(({ restart }) => restart)).toEqual([
      "unless-stopped",
      "unless-stopped",
      undefined,
      undefined,
    ]);
  });

  it("keeps the ledger, with a password that has no default", () => {
    const { postgres, migrate } = services;
    expect(postgres.volumes).toContain("ledger:/var/lib/postgresql/data");
    expect(volumes).toHaveProperty("ledger");
    const { POSTGRES_PASSWORD: required } = postgres.environment;
    expect(required).toMatch(/^\$\{POSTGRES_PASSWORD:\?.+\}$/);
    expect(migrate.environment.DATABASE_URL).toContain(`:${required}@`);
    expect(postgres.depends_on.certificate.condition).toBe("service_completed_successfully");
  });

  it("runs programs that the image has", () => {
    for (const { command } of [services.migrate, services["token-service"]]) {
      const programs = command.filter((word: string) => word.endsWith(".js"));
      expect(programs.length).toBeGreaterThan(0);
      for (const program of programs) {
        const source = join(root, program.replace(/^(?:\.\/)?dist\/(.+)\.js$/, "src/$1.ts"));
        expect(existsSync(source), source).toBe(true);
      }
    }
    const [, imageCommand = ""] = /^CMD (.+)$/m.exec(dockerfile) ?? [];
    expect(services["token-service"].command).toEqual(JSON.parse(imageCommand));
  });

  it("waits for a database over TCP, which the image opens last", () => {
    expect(services.postgres.healthcheck.test).toContain("--host 127.0.0.1");
    expect(services.migrate.depends_on.postgres.condition).toBe("service_healthy");
  });

  const [, ofImage = ""] = /^HEALTHCHECK .* CMD (.+)$/m.exec(dockerfile) ?? [];
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
    const [, more] = /must be DRAIN_SECONDS plus (\d+) seconds/.exec(read("README.md")) ?? [];
    const { drainSeconds } = readSettings(smallestEnvironment);
    expect(Number.parseInt(grace, 10)).toBeGreaterThanOrEqual(drainSeconds + Number(more));
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

it("the Dockerfile sets what its comments and README.md say", () => {
  const lines = dockerfile.split("\n");
  for (const line of [
    "ENV NODE_ENV=production AZURE_TOKEN_CREDENTIALS=prod",
    "USER 1000:1000",
    "EXPOSE 8080",
    "ENV POSIXLY_CORRECT=1",
  ]) {
    expect(lines).toContain(line);
  }
});
