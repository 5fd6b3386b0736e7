import { fakeRouting } from "../routing.js";
import type { Fake } from "../service/fake.js";
import { dispatch } from "../wire/dispatch.js";
import { untilAborted } from "../wire/untilAborted.js";
import {
  ConnectionDroppedError,
  ConnectionLostError,
  type WireRequest,
  type WireResponse,
} from "../wire/wire.js";

/**
 * Responds to a request with the parameters of the global `fetch`.
 * @throws TypeError, as `fetch` does, if a fault drops the connection.
 * @throws the signal's reason if the request is aborted.
 */
export async function respondToFetch(fake: Fake, ...parameters: Parameters<typeof fetch>): Promise<Response> {
  const request = new Request(...parameters);
  const { signal } = request;
  signal.throwIfAborted();
  // Firefox has no streams for the bodies of requests.
  const body = async () => request.body ?? new Response(await request.blob()).body;
  try {
    const received = wireRequest(request, new Map(request.headers), body);
    const response = dispatch(fakeRouting, { fake }, received, signal);
    return toResponse(await untilAborted(response, [signal], () => signal.reason));
  } catch (error) {
    if (error instanceof ConnectionDroppedError) throw new TypeError("fetch failed", { cause: error });
    throw error instanceof ConnectionLostError ? error.cause : error;
  }
}

function toResponse({ status, headers, body }: WireResponse): Response {
  const init = { status, headers: headers.map(([name, value]): [string, string] => [name, value]) };
  // A fault can have this status, with which a Response takes no body.
  return new Response(body && status !== 304 ? new Uint8Array(body) : null, init);
}

/**
 * Turns a request of `fetch` or of a pipeline into one for the tables.
 * @param headers - By lower-case name.
 * @param body - Called when the body is read.
 */
export function wireRequest(
  { url, method }: { readonly url: string; readonly method: string },
  headers: ReadonlyMap<string, string>,
  body: () => Promise<ReadableStream<Uint8Array> | null>,
): WireRequest {
  const { pathname, search, protocol, host } = new URL(url);
  return {
    method,
    target: `${pathname}${search}`,
    scheme: protocol === "http:" ? "http" : "https",
    // Browsers don't let scripts set or read Host.
    host: headers.get("host") ?? host,
    headers,
    read: async (limitInBytes) => {
      try {
        return await readStream(await body(), limitInBytes);
      } catch (cause) {
        throw new ConnectionLostError("The body can't be read", { cause });
      }
    },
  };
}

/** Reads a body to its end or, if it is longer, until the limit is exceeded. */
async function readStream(
  stream: ReadableStream<Uint8Array> | null,
  limitInBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream?.getReader();
  while (reader && length <= limitInBytes) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
  }
  if (length > limitInBytes) await reader?.cancel();
  const bytes = new Uint8Array(length);
  let end = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, end);
    end += chunk.length;
  }
  return bytes;
}
