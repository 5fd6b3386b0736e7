import { untilAborted } from "../wire/untilAborted.js";
import {
  ConnectionDroppedError,
  ConnectionLostError,
  type Respond,
  type WireResponse,
} from "../wire/wire.js";
import { wireRequest } from "./wireRequest.js";

/**
 * Responds to a request with the parameters of the global `fetch`.
 * @throws TypeError, as `fetch` does, if a fault drops the connection.
 * @throws the signal's reason if the request is aborted.
 */
export async function respondToFetch(
  respond: Respond,
  ...parameters: Parameters<typeof fetch>
): Promise<Response> {
  const request = new Request(...parameters);
  const { signal } = request;
  signal.throwIfAborted();
  // Firefox has no streams for the bodies of requests.
  const body = async () => request.body ?? new Response(await request.blob()).body;
  try {
    const received = wireRequest(request, new Map(request.headers), body);
    const response = respond(received, signal);
    return toResponse(await untilAborted(response, [signal], () => signal.reason));
  } catch (error) {
    if (error instanceof ConnectionDroppedError) throw new TypeError("fetch failed", { cause: error });
    throw error instanceof ConnectionLostError ? error.cause : error;
  }
}

function toResponse({ status, headers, body, breaksOff }: WireResponse): Response {
  const init = { status, headers: headers.map(([name, value]): [string, string] => [name, value]) };
  // A fault can have this status, with which a Response takes no body.
  const bytes = body && status !== 304 ? new Uint8Array(body) : null;
  return new Response(bytes && breaksOff ? brokenStream(bytes) : bytes, init);
}

/** Fails after the bytes, as the body of a response of undici's does. */
export function brokenStream(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => controller.enqueue(bytes),
    pull: (controller) => {
      controller.error(new TypeError("terminated", { cause: new ConnectionDroppedError() }));
    },
  });
}
