import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { readMigrationSettings } from "../src/settings.js";
import { pathOf, skippedWithout } from "./installed.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const { services, volumes } = parse(readFileSync(`${root}/compose.yaml`, "utf8"), { merge: true });
const noCompose = skippedWithout(pathOf("docker-compose"), "docker-compose");

describe("compose.yaml", () => {
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
    const read = (text: string) => readMigrationSettings({ DATABASE_URL: text }).databaseUrl;
    expect(() => read(url)).toThrow("DATABASE_URL can't be used: ENOENT");
    expect(read(url.replace(/&sslrootcert=.*/, ""))).toContain("sslmode=verify-full");
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
});

it("the Dockerfile sets what its comments and README.md say", () => {
  const lines = readFileSync(`${root}/Dockerfile`, "utf8").split("\n");
  for (const line of [
    "ENV NODE_ENV=production AZURE_TOKEN_CREDENTIALS=prod",
    "USER 1000:1000",
    "EXPOSE 8080",
    "ENV POSIXLY_CORRECT=1",
  ]) {
    expect(lines).toContain(line);
  }
});
