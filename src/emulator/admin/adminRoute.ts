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
}

export interface AdminAnswer {
  readonly status: number;
  readonly body?: object;
}

/** One operation of the admin API. It throws a TypeError or an AdminError to refuse. */
export interface AdminRoute {
  readonly method: string;
  /** Behind `/_emulator`, with placeholders: `/users/{id}`. */
  readonly path: string;
  readonly run: (call: AdminCall) => AdminAnswer | Promise<AdminAnswer>;
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

/** A text in the body. @throws TypeError when it is missing or no text. */
export function requiredText(body: JsonObject, name: string): string {
  const value = body[name];
  if (typeof value !== "string" || value === "") throw new TypeError(`${name} must be a text`);
  return value;
}

/** A text in the body, if it is there. @throws TypeError when it is no text. */
export function optionalText(body: JsonObject, name: string): string | undefined {
  return body[name] === undefined || body[name] === null ? undefined : requiredText(body, name);
}

/** A number in the body, if it is there. @throws TypeError when it is no number. */
export function optionalNumber(body: JsonObject, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number") throw new TypeError(`${name} must be a number`);
  return value;
}

/** The query's `limit`, or another such argument, from 1 to 1000; 100 when it is not given. @throws TypeError */
export function limitOf(query: URLSearchParams, name = "limit"): number {
  const limit = Number(query.get(name) ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw new TypeError(`${name} must be 1 to 1000`);
  return limit;
}
