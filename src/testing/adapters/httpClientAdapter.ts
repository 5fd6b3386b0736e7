import type { HttpClient, PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import { untilAborted } from "../wire/untilAborted.js";
import { ConnectionDroppedError, ConnectionLostError, type Respond } from "../wire/wire.js";
import { brokenStream } from "./fetchAdapter.js";
import { wireRequest } from "./wireRequest.js";

/** Creates an HTTP client that sends an Azure pipeline's requests to the fake, without a network or patched globals. */
export function createFakeHttpClient(respond: Respond): HttpClient {
  return { sendRequest: (request) => send(respond, request) };
}

async function send(respond: Respond, request: PipelineRequest): Promise<PipelineResponse> {
  // Loaded lazily, because it costs the emulator 60 ms at startup. Whoever made the request has already loaded it.
  const pipeline = await import("@azure/core-rest-pipeline");
  try {
    const headers = new Map([...request.headers].map(([name, value]) => [name.toLowerCase(), value]));
    const received = wireRequest(request, headers, async () => bodyStream(request.body));
    const sent = await withAbort((ended) => respond(received, ended), request);
    const response: PipelineResponse = {
      request,
      status: sent.status,
      headers: pipeline.createHttpHeaders(Object.fromEntries(sent.headers)),
    };
    if (sent.body && sent.breaksOff) {
      // Core's transport fails in the body if the caller asked for a stream.
      const streamed = request.streamResponseStatusCodes;
      if (streamed?.has(sent.status) || streamed?.has(Number.POSITIVE_INFINITY))
        return Object.assign(response, { browserStreamBody: brokenStream(sent.body) });
      const code = pipeline.RestError.PARSE_ERROR;
      throw new pipeline.RestError("Error reading response as text: aborted", { code, request });
    }
    if (sent.body) response.bodyAsText = new TextDecoder().decode(sent.body);
    return response;
  } catch (error) {
    if (error instanceof ConnectionDroppedError)
      throw new pipeline.RestError("socket hang up", { code: "ECONNRESET", request });
    throw error instanceof ConnectionLostError ? error.cause : error;
  }
}

/** A Response can read all types of bodies: text, bytes, a Blob, a form and a stream. */
function bodyStream(body: PipelineRequest["body"]): ReadableStream<Uint8Array> | null {
  return new Response((typeof body === "function" ? body() : body) as BodyInit | null).body;
}

/** Rejects as soon as the caller aborts or the request times out. */
async function withAbort<T>(
  run: (ended: AbortSignal) => Promise<T>,
  { abortSignal, timeout, url }: PipelineRequest,
): Promise<T> {
  const error = () =>
    Object.assign(new Error(`The request to ${new URL(url).origin} was aborted`), { name: "AbortError" });
  const ended = new AbortController();
  const timer = timeout > 0 ? setTimeout(() => ended.abort(), timeout) : undefined;
  try {
    return await untilAborted(run(ended.signal), [ended.signal, abortSignal], error);
  } finally {
    clearTimeout(timer);
    ended.abort();
  }
}
