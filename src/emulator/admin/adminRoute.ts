import { check } from "../../testing/check.js";
import type { FakeIdentityService } from "../../testing/fakeIdentityService.js";
import type { ServiceCore } from "../../testing/serviceCore.js";
import type { JsonObject } from "../../testing/wire/requestBody.js";

/** What an admin operation works with. */
export interface AdminCall {
  readonly core: ServiceCore;
  readonly service: FakeIdentityService;
  /** The decoded path arguments, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Empty when nothing was sent. */
  readonly body: JsonObject;
  /** The body as it was sent. */
  readonly bytes: Uint8Array;
}

export interface AdminAnswer {
  readonly status: number;
  readonly body?: object;
}

/** Members by name, each with what it may be, in short. */
export type Members = Readonly<Record<string, string>>;

/** One operation of the admin API. It throws a TypeError, a RangeError or an AdminError to refuse. */
export interface AdminRoute {
  readonly method: string;
  /** Behind `/_emulator`, with placeholders: `/users/{id}`. */
  readonly path: string;
  /** Others are refused, as in the body: they may be misspelt. */
  readonly query?: Members | undefined;
  readonly body?: Members | undefined;
  /** It reads the bytes of the body itself, with a limit of its own. */
  readonly readsBytes?: true;
  readonly run: (call: AdminCall) => AdminAnswer | Promise<AdminAnswer>;
}

type Answering = (call: AdminCall) => object | Promise<object>;

export function read(path: string, answer: Answering, query?: Members): AdminRoute {
  return { method: "GET", path, query, run: answering(200, answer) };
}

export function post(path: string, status: 200 | 201, answer: Answering, body: Members): AdminRoute {
  return { method: "POST", path, body, run: answering(status, answer) };
}

function answering(status: number, answer: Answering): AdminRoute["run"] {
  return async (call) => ({ status, body: await answer(call) });
}

/** An operation that has nothing to answer. */
export function change(
  method: "POST" | "PUT" | "DELETE",
  path: string,
  action: (call: AdminCall) => void,
  body?: Members,
): AdminRoute {
  const run = (call: AdminCall) => {
    action(call);
    return { status: 204 };
  };
  return { method, path, body, run };
}

/** A refusal with a status. */
export class AdminError extends Error {
  override readonly name = "AdminError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** @throws AdminError 413 when a body is longer than it may be, before anything has parsed it. */
export function checkLength(bytes: Uint8Array, limitInBytes: number): void {
  if (bytes.length > limitInBytes) throw new AdminError(413, `The body has more than ${limitInBytes} bytes`);
}

/** A text in the body. @throws TypeError when it is missing or no text. */
export function requiredText(body: JsonObject, name: string): string {
  const value = body[name];
  check(typeof value === "string" && value !== "", `${name} must be a text`);
  return value;
}

/** A text in the body, if it is there. @throws TypeError when it isn't a text. */
export function optionalText(body: JsonObject, name: string): string | undefined {
  return body[name] === undefined || body[name] === null ? undefined : requiredText(body, name);
}

/** Reads a member of the body, if it is there. It throws a TypeError for one of another type. */
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

/** Those of the members that are there. */
export function optionalMembers<Value, Name extends string>(
  body: JsonObject,
  read: OptionalMember<Value>,
  ...names: readonly Name[]
): Partial<Record<Name, Value>> {
  const members = names.map((name) => [name, read(body, name)]).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members) as Partial<Record<Name, Value>>;
}

/** ISO 8601, of milliseconds since 1970 if there are any. */
export function dateText(time: number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}

/** What `limitOf` takes. */
export const limit = "1 to 1000";

/** The query's `limit`, or another such argument, from 1 to 1000; 100 when it is not given. @throws TypeError */
export function limitOf(query: URLSearchParams, name = "limit"): number {
  return numberOf(query, name, 100, 1000);
}

/** An integer of the query from 1, or what it is when it is not given. @throws TypeError */
export function numberOf(query: URLSearchParams, name: string, absent: number, most: number): number {
  const number = Number(query.get(name) ?? absent);
  check(Number.isInteger(number) && number >= 1 && number <= most, `${name} must be 1 to ${most}`);
  return number;
}
