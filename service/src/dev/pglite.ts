import { chmod, mkdir } from "node:fs/promises";
import { PGlite, type PGliteOptions } from "@electric-sql/pglite";
import type { Database } from "../store/database.js";

/**
 * PostgreSQL in this process, for development and tests.
 * @param folder - Created if it doesn't exist, and readable by its owner only. Without it, the data is in memory.
 */
export async function openPglite(folder?: string, options: PGliteOptions = {}): Promise<Database> {
  if (folder !== undefined) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
  }
  const server = await PGlite.create(folder, options);
  return {
    // Only `exec` takes several statements, and it takes no values.
    query: async <Row extends object>(text: string, values: unknown[] = []) =>
      values.length > 0
        ? server.query<Row>(text, values)
        : { rows: ((await server.exec(text)).at(-1)?.rows ?? []) as Row[] },
    close: () => server.close(),
  };
}
