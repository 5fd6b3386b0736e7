// Core reads a body of any size into memory (half a megabyte of gzip ends the process, core-rest-pipeline 1.25.1), and reports
// a connection that is lost while reading as a parse error without request and status, which no strategy retries.
import {
  type PipelineOptions,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
  RestError,
} from "@azure/core-rest-pipeline";
import { proxyCredentialsOf } from "../shared/proxyCredentials.js";
import { BodyError, readBytes, tooLarge } from "../shared/readBytes.js";
import { abortError, inStep, type Step } from "./cancellation.js";
import { decompress } from "./decompress.js";
import { platformTransport } from "./platformTransport.js";
import { safeExcerpt, sentToProxy } from "./redact.js";

/** The limit applies after decompression. The largest response of the service has about a kilobyte. */
export const maxBodyInBytes: number = 1024 * 1024;
const incompleteBody: Step = ["BODY_TIMEOUT", "The response began, but didn't end", "Call again"];
const everyStatus: Set<number> = new Set([Number.POSITIVE_INFINITY]);

/**
 * Adapts a request to the transport, on a copy that nobody else sees: it alone carries agents and TLS settings. Reads the body
 * of each response as text, at most 1 MiB. If the body can't be read, it rejects with a `RestError` that has request, status
 * and code.
 */
export function transportPolicy(endpoint: URL, options: PipelineOptions): PipelinePolicy {
  const transport = platformTransport(endpoint, options);
  return {
    name: "transportPolicy",
    async sendRequest(request, next) {
      const { abortSignal, onDownloadProgress } = request;
      // The attempt may have ended while a policy before this one waited.
      if (abortSignal?.aborted) throw abortError(abortSignal);
      const copy = {
        ...request,
        streamResponseStatusCodes: everyStatus,
        enableBrowserStreams: true,
        // Progress is reported below, because a transport that reports it returns another stream than that of the connection.
        onDownloadProgress: undefined,
      } as unknown as PipelineRequest;
      const received = await transport(copy, next);
      if (copy.agent) sentToProxy.set(request, proxyCredentialsOf(copy));
      const { status, headers } = (received ?? {}) as PipelineResponse;
      if (!headers || !Number.isInteger(status) || status < 100 || status > 599) {
        const what = headers ? `the status ${status}` : "no headers";
        throw new RestError(`The transport returned a response with ${what}.`, { request });
      }
      const response: PipelineResponse = { request, status, headers };
      // What the caller's own function throws says nothing about the connection.
      let isReporting = false;
      const report: typeof onDownloadProgress = (progress) => {
        isReporting = true;
        onDownloadProgress?.(progress);
        isReporting = false;
      };
      try {
        const stream = bodyStream(received);
        const text = stream
          ? decodeText(
              await inStep(abortSignal, incompleteBody, readBytes(stream, maxBodyInBytes, report)),
              response,
            )
          : (received.bodyAsText ?? "");
        if (text.length > maxBodyInBytes) throw tooLarge(maxBodyInBytes);
        response.bodyAsText = text;
      } catch (error) {
        throw abortSignal?.aborted || isReporting ? error : bodyFailure(error, response);
      }
      return response;
    },
  };
}

function decodeText(bytes: Uint8Array<ArrayBuffer>, { headers }: PipelineResponse): string {
  const decompressed = decompress(bytes, headers.get("Content-Encoding") ?? "", maxBodyInBytes);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(decompressed);
}

function bodyFailure(error: unknown, response: PipelineResponse): RestError {
  const { request, status } = response;
  const { code: given = "ECONNRESET" } = error as Partial<BodyError>;
  // ERR_STREAM_PREMATURE_CLOSE is Node's code for a stream that was closed without an error.
  const code = given === "ERR_STREAM_PREMATURE_CLOSE" ? "ECONNRESET" : given;
  // The service sends a kilobyte or so, and we don't ask for compression, so something else responded.
  const why =
    error instanceof BodyError
      ? `${safeExcerpt(error.message, request, 80)}. Check the endpoint (${new URL(request.url).host}) and the proxy`
      : `the connection was lost (${code})`;
  const text = `The body of the response with status ${status} could not be read: ${why}.`;
  return new RestError(text, { code, statusCode: status, request, response });
}

/** Returns the stream of a body. On Workers, too, it may be a stream of Node: core-rest-pipeline 1.25 uses its node:http build there, and 1.24 the one on fetch. */
export function bodyStream(response: PipelineResponse): AsyncIterable<Uint8Array | string> | undefined {
  const { browserStreamBody, readableStreamBody } = response;
  return browserStreamBody ? readChunks(browserStreamBody) : readableStreamBody;
}

/** Iterates over a ReadableStream, which Safari can't do by itself. */
async function* readChunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
