// Core reads a body of any size into memory (half a megabyte of gzip ends the process), and reports a connection
// that is lost meanwhile as a parse error without request and status, which no strategy retries.

import {
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
  RestError,
} from "@azure/core-rest-pipeline";
import { readBody } from "#platform";
import { redactResponse } from "../redact.js";

/** In bytes, decompressed. The largest answer of the service has about a kilobyte. */
const largestBody = 1024 * 1024;
const everyStatus: Set<number> = new Set([Number.POSITIVE_INFINITY]);

/** Why a body could not be read. */
export class BodyError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Wraps a transport so that it gives at most 1 MiB of body as text, or a RestError with request, status and code. */
export function boundedHttpClient(httpClient: HttpClient): HttpClient {
  return {
    async sendRequest(request) {
      request.streamResponseStatusCodes = everyStatus;
      request.enableBrowserStreams = true;
      const response = await httpClient.sendRequest(request);
      try {
        const bodyAsText = await readBody(response, largestBody);
        const { readableStreamBody: _, browserStreamBody: __, blobBody: ___, ...rest } = response;
        const read = { ...rest, bodyAsText };
        redactResponse(request, read);
        return read;
      } catch (error) {
        throw bodyFailure(error, request, response);
      }
    },
  };
}

/** An answer that is over its bound. Not retried. */
export function tooLarge(limit: number): BodyError {
  return new BodyError("RESPONSE_TOO_LARGE", `it has more than ${limit} bytes`);
}

function bodyFailure(
  error: unknown,
  request: PipelineRequest,
  { status, headers }: PipelineResponse,
): unknown {
  if (request.abortSignal?.aborted) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "ECONNRESET";
  const why = error instanceof BodyError ? error.message : `the connection was lost (${code})`;
  return new RestError(`The body of the answer with status ${status} could not be read: ${why}.`, {
    code,
    statusCode: status,
    request,
    response: { request, status, headers },
  });
}
