import type { Row } from "../row.js";
import { retryRows } from "./retry.js";

/** In the order of the matrix. */
export const rows: readonly Row[] = [...retryRows];

const byId = new Map(rows.map((row) => [row.id, row]));

export function rowNamed(id: string): Row {
  const row = byId.get(id);
  if (!row) throw new Error(`There is no row ${id}.`);
  return row;
}
