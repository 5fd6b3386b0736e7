import type { HttpClient, PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import { handleRequest } from "../handleRequest.js";
import type { ServiceCore } from "../serviceCore.js";
import { untilAborted } from "../untilAborted.js";
import { utf8, utf8Decode } from "../wire/bytes.js";
import { ConnectionDroppedError, type WireRequest } from "../wire/wire.js";
import { requestHead } from "./requestHead.js";

type Pipeline = typeof import("@azure/core-rest-pipeline");

/** Creates an HTTP client that sends an Azure pipeline's requests to the fake, without a network or patched globals. */
export function createFakeHttpClient(core: ServiceCore): HttpClient {
  return { sendRequest: (request) => send(core, request) };
}

async function send(core: ServiceCore, request: PipelineRequest): Promise<PipelineResponse> {
  // Loaded lazily, because it costs the emulator 60 ms at startup. Whoever made the request has already loaded it.
  const pipeline = await import("@azure/core-rest-pipeline");
  try {
    const received = await wireRequest(request);
    const answer = await withAbort((ended) => handleRequest(core, received, ended), request);
    const response: PipelineResponse = {
      request,
      status: answer.status,
      headers: pipeline.createHttpHeaders(Object.fromEntries(answer.headers)),
    };
    if (answer.body) response.bodyAsText = utf8Decode(answer.body);
    return response;
  } catch (error) {
    throw error instanceof ConnectionDroppedError ? droppedError(pipeline, request) : error;
  }
}

async function wireRequest(request: PipelineRequest): Promise<WireRequest> {
  return {
    ...requestHead(request),
    headers: new Map([...request.headers].map(([name, value]) => [name.toLowerCase(), value])),
    body: await bodyBytes(request.body),
  };
}

async function bodyBytes(body: PipelineRequest["body"]): Promise<Uint8Array> {
  if (body === undefined || body === null) return utf8("");
  if (typeof body === "string") return utf8(body);
  // A Response can read all other supported types: bytes, a Blob and a web stream.
  const source = typeof body === "function" ? body() : body;
  return new Uint8Array(await new Response(source as BodyInit).arrayBuffer());
}

/** Rejects as soon as the caller aborts or the request times out. */
async function withAbort<T>(
  answer: (ended: AbortSignal) => Promise<T>,
  { abortSignal, timeout, url }: PipelineRequest,
): Promise<T> {
  const error = () => abortError(`The request to ${new URL(url).origin} was aborted`);
  const ended = new AbortController();
  const timer = timeout > 0 ? setTimeout(() => ended.abort(), timeout) : undefined;
  try {
    return await untilAborted(answer(ended.signal), [ended.signal, abortSignal], error);
  } finally {
    clearTimeout(timer);
    ended.abort();
  }
}

function abortError(message: string): Error {
  const error = new Error(message);
  error.name = "AbortError";
  return error;
}

function droppedError({ RestError }: Pipeline, request: PipelineRequest): Error {
  return new RestError("socket hang up", { code: "ECONNRESET", request });
}
