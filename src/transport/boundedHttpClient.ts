// Core reads a body of any size into memory (half a megabyte of gzip ends the process), and reports a connection
// that is lost meanwhile as a parse error without request and status, which no strategy retries.

import { type HttpClient, type PipelineResponse, RestError } from "@azure/core-rest-pipeline";
import { readBody } from "#platform/transport";
import { BodyError } from "../pipeline/bodyError.js";
import { redactResponse } from "../pipeline/redact.js";

/** In bytes, decompressed. The largest answer of the service has about a kilobyte. */
const largestBody = 1024 * 1024;
const everyStatus: Set<number> = new Set([Number.POSITIVE_INFINITY]);

/** Wraps a transport so that it gives at most 1 MiB of body as text, or a RestError with request, status and code. */
export function boundedHttpClient(httpClient: HttpClient): HttpClient {
  return {
    async sendRequest(request) {
      request.streamResponseStatusCodes = everyStatus;
      request.enableBrowserStreams = true;
      const received = await httpClient.sendRequest(request);
      const { status, headers } = received;
      const response: PipelineResponse = { request, status, headers };
      try {
        response.bodyAsText = await readBody(received, largestBody);
      } catch (error) {
        throw bodyFailure(error, response);
      }
      redactResponse(request, response);
      return response;
    },
  };
}

function bodyFailure(error: unknown, response: PipelineResponse): unknown {
  const { request, status } = response;
  if (request.abortSignal?.aborted) return error;
  const { code = "ECONNRESET", message } = error as Partial<BodyError>;
  const why = error instanceof BodyError ? message : `the connection was lost (${code})`;
  const text = `The body of the answer with status ${status} could not be read: ${why}.`;
  return new RestError(text, { code, statusCode: status, request, response });
}
