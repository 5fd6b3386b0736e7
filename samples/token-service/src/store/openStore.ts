import { openPostgresStore } from "./postgresStore.js";
import { openSqliteStore } from "./sqliteStore.js";
import type { Store } from "./store.js";

/** @param url - `postgres://…`, or `file:` and a path, which serves one machine only. */
export function openStore(url: string): Store {
  return url.startsWith("file:") ? openSqliteStore(url.slice("file:".length)) : openPostgresStore(url);
}
