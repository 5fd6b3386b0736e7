import { utf8Decode } from "./bytes.js";
import { bindingError, HttpError } from "./httpError.js";
import type { ReceivedRequest } from "./wire.js";

export type JsonObject = Readonly<Record<string, unknown>>;

/** Returns the JSON object in a body, or undefined if the body is empty or null. @throws HttpError 400. */
export function readJson(bytes: Uint8Array): JsonObject | undefined {
  if (bytes.length === 0) return undefined;
  const value = parse(bytes);
  if (value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) {
    throw bindingError("$", "The JSON value could not be converted to an object.");
  }
  return value as JsonObject;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8Decode(bytes));
  } catch {
    // The parser's message is left out, because it quotes the body, which may contain a token.
    throw bindingError("$", "The request body is not valid JSON in UTF-8.");
  }
}

/** @throws HttpError 415 if the body has another content type than the expected one. */
export function checkContentType({ body, headers }: ReceivedRequest, expected: string): void {
  if (body.length === 0) return;
  const contentType = headers.get("content-type") ?? "";
  const [type = ""] = contentType.split(";", 1);
  if (type.trimEnd().toLowerCase() === expected) return;
  throw new HttpError(415, "UnsupportedMediaType", "The request's content type is not supported.", {
    diagnosis: contentType ? `Send Content-Type: ${expected}` : "The request has a body but no Content-Type",
  });
}

/** @throws HttpError 400 if there is no body. */
export function requiredBody(body: JsonObject | undefined): JsonObject {
  if (body === undefined) {
    throw new HttpError(400, "ValidationError", "A non-empty request body is required.");
  }
  return body;
}

/** Returns a string, or undefined for undefined or null. @throws HttpError 400 like the service's framework. */
export function boundText(value: unknown, field: string): string | undefined {
  return bound(value, field, "a string", (given) => typeof given === "string");
}

/** Like {@link boundText}. */
export function boundTexts(value: unknown, field: string): string[] | undefined {
  const isTexts = (given: unknown): given is string[] =>
    Array.isArray(given) && given.every((item) => typeof item === "string");
  return bound(value, field, "an array of strings", isTexts);
}

/** Like {@link boundText}. */
export function boundInteger(value: unknown, field: string): number | undefined {
  // A bitwise operation leaves only 32-bit integers unchanged.
  const isInteger = (given: unknown): given is number => typeof given === "number" && (given | 0) === given;
  return bound(value, field, "a 32-bit integer", isInteger);
}

function bound<T>(
  value: unknown,
  field: string,
  kind: string,
  is: (given: unknown) => given is T,
): T | undefined {
  if (value === undefined || value === null || is(value)) return value ?? undefined;
  throw bindingError(field, `The JSON value could not be converted to ${kind}.`);
}
