// PGlite takes seconds of CPU to initialize a database, and only a fraction of that to load one.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The file with the data of an empty database. */
    readonly pgliteData: string;
  }
}

export async function setup({ provide }: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), "token-service-pglite-"));
  const server = await PGlite.create();
  const data = await server.dumpDataDir("none");
  await server.close();
  const file = join(folder, "data.tar");
  writeFileSync(file, Buffer.from(await data.arrayBuffer()));
  provide("pgliteData", file);
  return () => rmSync(folder, { recursive: true });
}
