// Rows T75 to T79: core reads a body of any size into memory (half a megabyte of gzip ends the process, core 1.25.1), and
// reports a connection that is lost while reading as a parse error without request and status, which no strategy retries.
// Row X19: a browser answers fetch's `redirect: "manual"` with an opaque response of status 0.
import { type PipelinePolicy, type PipelineResponse, RestError } from "@azure/core-rest-pipeline";
import { readBody } from "#platform/body";
import { prepareForTransport, requireTls } from "#platform/connection";
import { BodyError } from "./bodyStream.js";
import { redactResponse } from "./redact.js";

/** The limit applies after decompression. The largest response of the service has about a kilobyte. */
const maxBodyInBytes = 1024 * 1024;
const everyStatus: Set<number> = new Set([Number.POSITIVE_INFINITY]);

/**
 * Reads the body of each response as text, at most 1 MiB, and redacts the secrets of its request. If the body can't be
 * read, it rejects with a `RestError` that has request, status and code.
 */
export function boundedBodyPolicy(): PipelinePolicy {
  return {
    name: "boundedBodyPolicy",
    async sendRequest(request, next) {
      prepareForTransport(request);
      request.streamResponseStatusCodes = everyStatus;
      request.enableBrowserStreams = true;
      // `readBody` reports the progress. A transport that does so returns a stream without the socket, which requireTls needs.
      const { onDownloadProgress } = request;
      if (onDownloadProgress) delete request.onDownloadProgress;
      const received = await next(request);
      if (onDownloadProgress) request.onDownloadProgress = onDownloadProgress;
      const { status, headers } = received;
      requireTls(request, received);
      if (status === 0)
        throw new RestError("The service answered with a redirect, which isn't followed.", { request });
      const response: PipelineResponse = { request, status, headers };
      try {
        response.bodyAsText = await readBody(received, maxBodyInBytes, onDownloadProgress);
      } catch (error) {
        redactResponse(request, response);
        throw request.abortSignal?.aborted ? error : bodyFailure(error, response);
      }
      redactResponse(request, response);
      return response;
    },
  };
}

function bodyFailure(error: unknown, response: PipelineResponse): RestError {
  const { request, status } = response;
  const { code: given = "ECONNRESET", message } = error as Partial<BodyError>;
  // Node's code for a stream that was closed without an error.
  const code = given === "ERR_STREAM_PREMATURE_CLOSE" ? "ECONNRESET" : given;
  const why = error instanceof BodyError ? message : `the connection was lost (${code})`;
  const text = `The body of the answer with status ${status} could not be read: ${why}.`;
  return new RestError(text, { code, statusCode: status, request, response });
}
