// Compiles and runs the database's part of docs/tokenEndpoint.md, since the service has a client and a server of PostgreSQL.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, expect, inject, it, vi } from "vitest";
import { timeLimit } from "../../test/helpers/timeLimit.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
// Within the service, whose packages it imports.
const folder = mkdtempSync(join(root, "service/node_modules/.tokenEndpointPage-"));
afterAll(() => rmSync(folder, { recursive: true }));

const page = readFileSync(join(root, "docs/tokenEndpoint.md"), "utf8");
const [, section = ""] = page.split("\n### With a database\n");
const blockOf = (language: string) => section.split(`\`\`\`${language}\n`)[1]?.split("```")[0] ?? "";

const userIds = join(folder, "userIds.ts");
writeFileSync(userIds, blockOf("typescript"));

it("userIds.ts, and tokenOptions.ts with the changed lines, pass the strictest checks", {
  timeout: timeLimit,
}, () => {
  let options = readFileSync(join(root, "samples/tokenOptions.ts"), "utf8");
  const lines = blockOf("diff").trimEnd().split("\n");
  for (const line of lines) {
    const text = `${line.slice(1)}\n`;
    if (line.startsWith("+import")) options = text + options;
    else if (line.startsWith("+")) options = options.replace("  whoIsCalling:", `${text}  whoIsCalling:`);
    else {
      expect(options).toContain(text);
      if (line.startsWith("-")) options = options.replace(text, "");
    }
  }
  expect(options).not.toContain("userIds.get");
  writeFileSync(join(folder, "tokenOptions.ts"), options);
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
    // Another test compiles this file with the client's own types.
    paths: { "acs-identity": ["./client.d.ts"] },
  };
  writeFileSync(
    join(folder, "client.d.ts"),
    "export declare class CommunicationIdentityClient {\n  constructor(connectionString: string);\n}\n",
  );
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  execFileSync(process.execPath, [join(root, "node_modules/typescript-7/bin/tsc"), "-p", folder]);
});

it("keepUserId stores the first id, and replaces only one that is gone", async () => {
  const database = await PGlite.create({ loadDataDir: new Blob([readFileSync(inject("pgliteData"))]) });
  vi.doMock("pg", () => ({
    Pool: class {
      query = (sql: string, values: unknown[]) => database.query(sql, values);
    },
  }));
  await database.exec(blockOf("sql"));
  const { keepUserId } = (await import(/* @vite-ignore */ userIds)) as {
    keepUserId: (person: string, created?: string, gone?: string) => Promise<string | undefined>;
  };
  expect(await keepUserId("alice")).toBeUndefined();
  expect(await keepUserId("alice", "first")).toBe("first");
  expect(await keepUserId("alice", "second")).toBe("first");
  expect(await keepUserId("alice", "third", "second")).toBe("first");
  expect(await keepUserId("alice", "third", "first")).toBe("third");
  expect(await keepUserId("alice")).toBe("third");
  expect(await keepUserId("bob")).toBeUndefined();
  vi.doUnmock("pg");
  await database.close();
});
