import { NotSavedError } from "../../testing/state/store.js";
import { constraintWords } from "../../testing/validation/constraints.js";
import type { Call } from "../../testing/wire/call.js";
import { HttpError } from "../../testing/wire/httpError.js";
import type { Table } from "../../testing/wire/table.js";
import type { WireResponse } from "../../testing/wire/wire.js";
import { type AdminRow, get, jsonResponse } from "./adminRow.js";
import { controlRoutes } from "./control.js";
import type { EmulatorContext } from "./emulatorContext.js";
import { entraRoutes } from "./entra.js";
import { tokenRoutes } from "./tokens.js";
import { userRoutes } from "./users.js";

const base = "/_emulator";

const rows: readonly AdminRow[] = [
  get("/", listRows),
  // Health reveals nothing, and health probes of containers may use any host name.
  { ...get("/health", () => ({ status: "ok" })), guard: "none" },
  ...controlRoutes,
  ...userRoutes,
  ...tokenRoutes,
  ...entraRoutes,
];

export const adminTable: Table<EmulatorContext> = { base, rows, cors: false, onError };

function listRows(): object {
  return {
    routes: rows.map(({ method, path, query, body }) => {
      return {
        method,
        path: base + path,
        query: query && constraintWords(query),
        body: body && constraintWords(body),
      };
    }),
  };
}

function onError(_context: EmulatorContext, _call: Call, error: unknown): WireResponse {
  if (error instanceof HttpError) {
    const { status, code, message, options, topic } = error;
    // The topic explains what the service would refuse, too.
    const more = code === "Refused" ? {} : { diagnosis: options.diagnosis, topic };
    return refusal(status, code, message, more);
  }
  const message = error instanceof Error ? error.message : "unknown";
  if (error instanceof NotSavedError) return refusal(500, "NotSaved", message);
  const isRefusal = [TypeError, RangeError].some((type) => error instanceof type);
  return isRefusal ? refusal(400, "Refused", message) : refusal(500, "InternalError", message);
}

function refusal(status: number, code: string, message: string, more: object = {}): WireResponse {
  return jsonResponse(status, { error: { code, message, ...more } });
}
