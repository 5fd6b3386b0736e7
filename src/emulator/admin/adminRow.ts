import { check } from "../../testing/validation/check.js";
import {
  type Constraint,
  type Constraints,
  integer,
  optional,
  resolved,
  text,
} from "../../testing/validation/constraints.js";
import { HttpError } from "../../testing/wire/httpError.js";
import type { JsonObject } from "../../testing/wire/requestBody.js";
import type { PlainRow } from "../../testing/wire/table.js";
import { type Header, jsonType, textResponse, type WireResponse } from "../../testing/wire/wire.js";
import type { EmulatorContext } from "./emulatorContext.js";

/** What an operation of the admin API gets from a call that its guard let pass. */
export interface AdminInput
  extends Pick<EmulatorContext, "fake" | "service" | "startId" | "certificateFile"> {
  /** The decoded path parameters, by name. */
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** An empty object if the request has no body. */
  readonly body: JsonObject;
}

/** What an operation takes, which `GET /_emulator/` lists. Anything else is refused, because it may be misspelled. */
interface Parameters {
  readonly query?: Constraints<object> | undefined;
  readonly body?: Constraints<object> | undefined;
}

/** One operation of the admin API. It throws a TypeError, a RangeError or an HttpError to refuse a request. */
export interface AdminRow extends PlainRow<EmulatorContext>, Parameters {}

type Handle = (input: AdminInput) => object | string | Promise<object | string>;

export function get(path: string, handle: Handle, query?: Constraints<object>): AdminRow {
  return adminRow("GET", path, 200, handle, { query });
}

export function post(path: string, status: 200 | 201, handle: Handle, body: Constraints<object>): AdminRow {
  return adminRow("POST", path, status, handle, { body });
}

/** Creates a row that responds without a body. */
export function noContent(
  method: "POST" | "PUT" | "DELETE",
  path: string,
  handle: (input: AdminInput) => void | Promise<void>,
  body?: Constraints<object>,
): AdminRow {
  return adminRow(method, path, 204, handle, { body });
}

function adminRow(
  method: string,
  path: string,
  status: number,
  handle: Handle | ((input: AdminInput) => void | Promise<void>),
  { query, body }: Parameters,
): AdminRow {
  return {
    method,
    path,
    guard: "admin",
    query,
    body,
    async handle({ fake, service, startId, certificateFile }, call) {
      checkQuery(call.query, query ?? {});
      const constraints: Readonly<Record<string, Constraint>> = body ?? {};
      // Serializers write null for what isn't set. An unknown member is refused all the same.
      const isOmitted = (name: string, value: unknown) =>
        value === null && Object.hasOwn(constraints, name) && !constraints[name]?.takesNull;
      const given = Object.entries(call.json ?? {}).filter(([name, value]) => !isOmitted(name, value));
      const members: JsonObject = resolved("The body", constraints, Object.fromEntries(given), {});
      const { pathParameters } = call;
      const content = await handle({
        fake,
        service,
        startId,
        certificateFile,
        pathParameters,
        query: call.query,
        body: members,
      });
      return jsonResponse(status, content ?? undefined);
    },
  };
}

/** @param content - A string is JSON already. */
export function jsonResponse(status: number, content: object | string | undefined): WireResponse {
  const headers: Header[] = [
    ["Cache-Control", "no-store"],
    ["X-Content-Type-Options", "nosniff"],
  ];
  if (content === undefined) return { status, headers, chunked: false };
  return textResponse(
    status,
    jsonType,
    typeof content === "string" ? content : JSON.stringify(content),
    headers,
  );
}

function checkQuery(query: URLSearchParams, constraints: Readonly<Record<string, Constraint>>): void {
  for (const [name, value] of query) {
    const constraint = Object.hasOwn(constraints, name) ? constraints[name] : undefined;
    check(
      constraint,
      `Unknown query parameter: this route takes ${Object.keys(constraints).join(", ") || "none"}`,
    );
    check(
      constraint.is(constraint === search ? value : /^\d+$/.test(value) && Number(value)),
      `${name} must be ${constraint.words}`,
    );
  }
}

/** Creates an error for what only the admin API refuses. */
export function refused(status: number, message: string): HttpError {
  return new HttpError(status, "Refused", message);
}

/** Formats milliseconds since 1970 as ISO 8601. */
export function dateText(time: number): string;
export function dateText(time: number | undefined): string | undefined;
export function dateText(time: number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}

export const limit: Constraint = optional(integer(1, 1000));

/** The constraint of the only text in a query. */
export const search: Constraint = optional(text);

/** Returns the limit in a query, by default 100. */
export function requestedLimit(query: URLSearchParams, name = "limit"): number {
  return Number(query.get(name) ?? 100);
}
