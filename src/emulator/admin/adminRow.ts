import { check, checkMembers } from "../../testing/check.js";
import type { FakeIdentityService } from "../../testing/fakeIdentityService.js";
import type { FakeContext, ServiceCore } from "../../testing/serviceCore.js";
import { bodyLimitInBytes, type Call } from "../../testing/wire/call.js";
import type { Row } from "../../testing/wire/dispatch.js";
import { HttpError } from "../../testing/wire/httpError.js";
import type { JsonObject } from "../../testing/wire/requestBody.js";
import { type Header, jsonType, textResponse, type WireResponse } from "../../testing/wire/wire.js";

/** What the handlers of the emulator's tables get. */
export interface EmulatorContext extends FakeContext {
  readonly service: FakeIdentityService;
  /** The host that the emulator was told to listen on. */
  readonly ownHost: string;
  /** Further names that the sign-in endpoints have, in lower case. */
  readonly allowedHosts: readonly string[];
}

/** The input of an admin operation. */
export interface AdminCall {
  readonly core: ServiceCore;
  readonly service: FakeIdentityService;
  /** The decoded path parameters, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** An empty object if the request has no body. */
  readonly body: JsonObject;
}

/** Members by name, each with a short description of its values. */
export type Members = Readonly<Record<string, string>>;

/** What an operation takes. Anything else is refused, because it may be misspelled. */
interface Parameters {
  readonly query?: Members | undefined;
  readonly body?: Members | undefined;
}

/** One operation of the admin API. It throws a TypeError, a RangeError or an HttpError to refuse a request. */
export interface AdminRow extends Row<EmulatorContext>, Parameters {}

type Handle = (call: AdminCall) => object | string | Promise<object | string>;

export function get(path: string, handle: Handle, query?: Members): AdminRow {
  return adminRow("GET", path, 200, handle, { query });
}

export function post(path: string, status: 200 | 201, handle: Handle, body: Members): AdminRow {
  return adminRow("POST", path, status, handle, { body });
}

/** Creates a row that responds without a body. */
export function noContent(
  method: "POST" | "PUT" | "DELETE",
  path: string,
  handle: (call: AdminCall) => void | Promise<void>,
  body?: Members,
): AdminRow {
  return adminRow(method, path, 204, handle, { body });
}

function adminRow(
  method: string,
  path: string,
  status: number,
  handle: Handle | ((call: AdminCall) => void | Promise<void>),
  { query, body }: Parameters,
): AdminRow {
  return {
    method,
    path,
    guard: "admin",
    limitInBytes: bodyLimitInBytes,
    query,
    body,
    async handle({ core, service }, call) {
      checkQuery(call, Object.keys(query ?? {}));
      const members = call.json ?? {};
      if (body) checkMembers(members, Object.keys(body), "The body");
      const { parameters } = call;
      const content = await handle({ core, service, parameters, query: call.query, body: members });
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

function checkQuery({ query }: Call, known: readonly string[]): void {
  const isKnown = [...query.keys()].every((name) => known.includes(name));
  check(isKnown, `Unknown query parameter: this route takes ${known.join(", ") || "none"}`);
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

/** The range of `limitOf`, for the list of routes. */
export const limit = "1 to 1000";

/** Reads a limit from the query, from 1 to 1000, by default 100. @throws TypeError if it is out of range. */
export function limitOf(query: URLSearchParams, name = "limit"): number {
  return numberOf(query, name, 100, 1000);
}

/** Reads an integer from 1 to `most` from the query, or `absent`. @throws TypeError if it is out of range. */
export function numberOf(query: URLSearchParams, name: string, absent: number, most: number): number {
  const number = Number(query.get(name) ?? absent);
  check(Number.isInteger(number) && number >= 1 && number <= most, `${name} must be 1 to ${most}`);
  return number;
}
