import { check } from "../../testing/check.js";
import type { FakeIdentityService } from "../../testing/fakeIdentityService.js";
import type { ServiceCore } from "../../testing/serviceCore.js";
import type { JsonObject } from "../../testing/wire/requestBody.js";

/** The input of an admin operation. */
export interface AdminCall {
  readonly core: ServiceCore;
  readonly service: FakeIdentityService;
  /** The decoded path arguments, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** An empty object if the request has no body. */
  readonly body: JsonObject;
}

export interface AdminAnswer {
  readonly status: number;
  /** A string is JSON already. */
  readonly body?: object | string;
}

/** Members by name, each with a short description of its values. */
export type Members = Readonly<Record<string, string>>;

/** One operation of the admin API. It throws a TypeError, a RangeError or an AdminError to reject a request. */
export interface AdminRoute {
  readonly method: string;
  /** The path after `/_emulator`, with placeholders: `/users/{id}`. */
  readonly path: string;
  /** Other parameters are rejected, like other members of the body, because they may be misspelled. */
  readonly query?: Members | undefined;
  readonly body?: Members | undefined;
  /** The limit of the body. Default: `bodyLimitInBytes`. */
  readonly limitInBytes?: number;
  readonly run: (call: AdminCall) => AdminAnswer | Promise<AdminAnswer>;
}

type Answering = (call: AdminCall) => object | string | Promise<object | string>;

export function read(path: string, answer: Answering, query?: Members): AdminRoute {
  return { method: "GET", path, query, run: answering(200, answer) };
}

export function post(path: string, status: 200 | 201, answer: Answering, body: Members): AdminRoute {
  return { method: "POST", path, body, run: answering(status, answer) };
}

function answering(status: number, answer: Answering): AdminRoute["run"] {
  return async (call) => ({ status, body: await answer(call) });
}

/** Creates a route that responds without a body. */
export function change(
  method: "POST" | "PUT" | "DELETE",
  path: string,
  action: (call: AdminCall) => void | Promise<void>,
  body?: Members,
): AdminRoute {
  const run = async (call: AdminCall) => {
    await action(call);
    return { status: 204 };
  };
  return { method, path, body, run };
}

/** Rejects a request with a status. */
export class AdminError extends Error {
  override readonly name = "AdminError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Checks a body's length before it is parsed. @throws AdminError 413 if it exceeds the limit. */
export function checkLength(bytes: Uint8Array, limitInBytes: number): void {
  if (bytes.length > limitInBytes) throw new AdminError(413, `The body is longer than ${limitInBytes} bytes`);
}

/** Returns a string member of the body. @throws TypeError if it is missing, empty or not a string. */
export function requiredText(body: JsonObject, name: string): string {
  const value = body[name];
  check(typeof value === "string" && value !== "", `${name} must be a non-empty string`);
  return value;
}

/** Returns a string member of the body, if present. @throws TypeError if it is empty or not a string. */
export function optionalText(body: JsonObject, name: string): string | undefined {
  return body[name] === undefined || body[name] === null ? undefined : requiredText(body, name);
}

/** Reads a member of the body, if present. It throws a TypeError if the member has another type. */
export type OptionalMember<Value> = (body: JsonObject, name: string) => Value | undefined;

export const optionalNumber: OptionalMember<number> = optionalOf("number");

export const optionalBoolean: OptionalMember<boolean> = optionalOf("boolean");

function optionalOf<Value>(type: string): OptionalMember<Value> {
  return (body, name) => {
    const value = body[name] ?? undefined;
    check(value === undefined || typeof value === type, `${name} must be a ${type}`);
    return value as Value | undefined;
  };
}

/** Reads several members of the body and omits absent ones. */
export function optionalMembers<Value, Name extends string>(
  body: JsonObject,
  read: OptionalMember<Value>,
  ...names: readonly Name[]
): Partial<Record<Name, Value>> {
  const members = names.map((name) => [name, read(body, name)]).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members) as Partial<Record<Name, Value>>;
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
