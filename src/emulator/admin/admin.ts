import { NotSavedError } from "../../testing/state/store.js";
import type { Call } from "../../testing/wire/call.js";
import type { Outcome, Table } from "../../testing/wire/dispatch.js";
import { HttpError } from "../../testing/wire/httpError.js";
import {
  type Header,
  jsonType,
  type ResponseContent,
  textResponse,
  type WireResponse,
} from "../../testing/wire/wire.js";
import { entraRoutes } from "../entra/entraRoutes.js";
import { type AdminRow, type EmulatorContext, get } from "./adminRow.js";
import { controlRoutes } from "./control.js";
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

/** The admin API. */
export const adminTable: Table<EmulatorContext> = { base, rows, cors: false, respond };

function listRows(): object {
  return {
    routes: rows.map(({ method, path, query, body }) => ({ method, path: base + path, query, body })),
  };
}

function respond(_context: EmulatorContext, call: Call, outcome: Outcome): WireResponse {
  return "content" in outcome
    ? jsonResponse(outcome.content as ResponseContent)
    : jsonResponse(refusal(outcome.error, call));
}

function refusal(error: unknown, { endpoint, request }: Call): ResponseContent {
  const [path = ""] = request.target.split("?", 1);
  if (error instanceof HttpError) {
    const { status, code, message, options, topic } = error;
    if (!endpoint && status === 404) return refusalOf(404, "Refused", `There is no ${path}`);
    if (!endpoint && status === 405)
      return refusalOf(405, "Refused", `${path.slice(base.length)} doesn't support ${request.method}`);
    // The topic explains what the service would refuse, too.
    return refusalOf(
      status,
      code,
      message,
      code === "Refused" ? {} : { diagnosis: options.diagnosis, topic },
    );
  }
  const message = error instanceof Error ? error.message : "unknown";
  if (error instanceof NotSavedError) return refusalOf(500, "NotSaved", message);
  const isRefusal = [TypeError, RangeError].some((type) => error instanceof type);
  return isRefusal ? refusalOf(400, "Refused", message) : refusalOf(500, "InternalError", message);
}

function refusalOf(status: number, code: string, message: string, more: object = {}): ResponseContent {
  return { status, body: { error: { code, message, ...more } } };
}

function jsonResponse({ status, body }: ResponseContent): WireResponse {
  const headers: Header[] = [
    ["Cache-Control", "no-store"],
    ["X-Content-Type-Options", "nosniff"],
  ];
  if (body === undefined) return { status, headers, chunked: false };
  return textResponse(status, jsonType, typeof body === "string" ? body : JSON.stringify(body), headers);
}
