import { type PipelineRequest, type PipelineResponse, RestError } from "@azure/core-rest-pipeline";
import { BodyError } from "../pipeline/bodyError.js";

/** What node:http says in the place of undici's own codes, so that retries and error handlers know it. */
const nodeCodes: Readonly<Record<string, string>> = {
  UND_ERR_SOCKET: "ECONNRESET",
  UND_ERR_CONNECT_TIMEOUT: "ETIMEDOUT",
};

function codeOf(error: unknown): string {
  const { code = RestError.REQUEST_SEND_ERROR } = error as { code?: string };
  return nodeCodes[code] ?? code;
}

/** Without the cause: undici's parser keeps the bytes of an answer on its errors. */
export function transportError(error: unknown, request: PipelineRequest): RestError {
  const { message = "The transport failed." } = error as { message?: string };
  return new RestError(message, { code: codeOf(error), request });
}

/** The error of an answer whose body was not read to its end. */
export function bodyFailure(error: unknown, response: PipelineResponse): RestError {
  const { request, status } = response;
  const code = codeOf(error);
  const why = error instanceof BodyError ? error.message : `the connection was lost (${code})`;
  const text = `The body of the answer with status ${status} could not be read: ${why}.`;
  return new RestError(text, { code, statusCode: status, request, response });
}

/** As core's: by its name, and with no reason, which the caller has. */
export function abortedError(): Error {
  const error = new Error("The operation was aborted.");
  error.name = "AbortError";
  return error;
}
