import { chmod, mkdir } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import type { Database } from "../store/database.js";

/**
 * PostgreSQL in this process, for development and tests.
 * @param folder - Created if it doesn't exist, and readable by its owner only. Without it, the data is in memory.
 */
export async function openPglite(folder?: string): Promise<Database> {
  if (folder !== undefined) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
  }
  return PGlite.create(folder);
}
