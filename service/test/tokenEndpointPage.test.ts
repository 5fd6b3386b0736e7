// Compiles and runs the store of docs/tokenEndpoint.md on PostgreSQL's SQL, which the service has embedded.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import { CommunicationIdentityClient } from "acs-identity";
import { createFakeIdentityService } from "acs-identity/testing";
import { createTokenEndpoint, type UserIdStore } from "acs-identity/token-endpoint";
import { afterAll, expect, inject, it, vi } from "vitest";
import { timeLimit } from "../../test/helpers/timeLimit.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
// Within the service, whose packages it imports.
const folder = mkdtempSync(join(root, "service/node_modules/.tokenEndpointPage-"));
afterAll(() => rmSync(folder, { recursive: true }));

const page = readFileSync(join(root, "docs/tokenEndpoint.md"), "utf8");
const [, section = ""] = page.split("\n## With a database\n");
const blockOf = (language: string) => section.split(`\`\`\`${language}\n`)[1]?.split("```")[0] ?? "";

const path = join(folder, "userIds.ts");
writeFileSync(path, blockOf("typescript"));

it("userIds.ts passes the strictest checks", { timeout: timeLimit }, () => {
  const compilerOptions = {
    target: "ES2022",
    module: "NodeNext",
    types: ["node"],
    strict: true,
    noUnusedLocals: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    noEmit: true,
  };
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  execFileSync(process.execPath, [join(root, "node_modules/typescript-7/bin/tsc"), "-p", folder]);
});

it("keeps one row and one user for fifty requests at once, at the first token and after a deletion", {
  timeout: timeLimit,
}, async () => {
  const database = await PGlite.create({ loadDataDir: new Blob([readFileSync(inject("pgliteData"))]) });
  vi.doMock("pg", () => ({
    Pool: class {
      on() {}
      query = (sql: string, values: unknown[]) => database.query(sql, values);
    },
  }));
  await database.exec(blockOf("sql"));
  const { userIds } = (await import(/* @vite-ignore */ path)) as { userIds: UserIdStore };
  const service = createFakeIdentityService();
  const client = new CommunicationIdentityClient(service.connectionString, {
    httpClient: service.httpClient,
  });
  const endpoints = [0, 1].map(() => createTokenEndpoint({ client, userIds, scopes: ["voip"] }));
  const fifty = async () => {
    const asked = Array.from({ length: 50 }, (_, index) => endpoints[index % 2]?.respond("alice"));
    return new Set((await Promise.all(asked)).map((response) => response?.status));
  };
  expect(await fifty()).toEqual(new Set([200]));
  await client.deleteUser({ communicationUserId: (await userIds.get("alice")) ?? "" });
  expect(await fifty()).toEqual(new Set([200]));
  expect(service.users.map(({ id }) => id)).toEqual([await userIds.get("alice")]);
  expect((await database.query("SELECT id FROM acs_users")).rows).toHaveLength(1);
  expect(await userIds.get("bob")).toBe("");
  vi.doUnmock("pg");
  await database.close();
});
