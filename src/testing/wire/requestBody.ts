import { bindingError, HttpError } from "../httpError.js";
import { utf8Decode } from "./bytes.js";
import type { WireRequest } from "./wire.js";

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Returns the JSON object in a request's body, or undefined if the body is empty or null.
 * @param expected - The content type that the operation takes. Undefined to accept any.
 * @throws HttpError 415 if the content type is another one, 400 if the body isn't a JSON object.
 */
export function readJsonBody(request: WireRequest, expected: string | undefined): JsonObject | undefined {
  if (request.body.length === 0) return undefined;
  const contentType = request.headers.get("content-type") ?? "";
  const [type = ""] = contentType.split(";", 1);
  if (expected !== undefined && type.trimEnd().toLowerCase() !== expected) {
    throw unsupportedMediaType(contentType, expected);
  }
  const value = parse(request.body);
  if (value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) {
    throw bindingError("$", "The JSON value could not be converted to an object.");
  }
  return value as JsonObject;
}

/** Returns the members of a body that is validated later; none if it isn't a JSON object. */
export function bodyMembers({ body }: WireRequest): JsonObject {
  try {
    const value: unknown = JSON.parse(utf8Decode(body));
    return typeof value === "object" && value ? (value as JsonObject) : {};
  } catch {
    return {};
  }
}

/** @throws HttpError 400 if there is no body. */
export function requiredBody(body: JsonObject | undefined): JsonObject {
  if (body === undefined) {
    throw new HttpError(400, "ValidationError", "A non-empty request body is required.");
  }
  return body;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8Decode(bytes));
  } catch {
    // The parser's message is left out, because it quotes the body, which may contain a token.
    throw bindingError("$", "The request body is not valid JSON in UTF-8.");
  }
}

function unsupportedMediaType(contentType: string, expected: string): HttpError {
  return new HttpError(415, "UnsupportedMediaType", "The request's content type is not supported.", {
    diagnosis: contentType ? `Send Content-Type: ${expected}` : "The request has a body but no Content-Type",
  });
}
