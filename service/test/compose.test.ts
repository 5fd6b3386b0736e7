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
const { services } = parse(readFileSync(`${root}/compose.yaml`, "utf8"), { merge: true });
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
});
