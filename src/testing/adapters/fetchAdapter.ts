import { handleRequest } from "../handleRequest.js";
import type { ServiceCore } from "../serviceCore.js";
import { untilAborted } from "../untilAborted.js";
import { ConnectionDroppedError, type WireRequest, type WireResponse } from "../wire/wire.js";
import { requestHead } from "./requestHead.js";

/**
 * Responds to a fetch `Request`.
 * @throws TypeError, as `fetch` does, if a fault drops the connection.
 * @throws the signal's reason if the request is aborted.
 */
export async function answerFetch(core: ServiceCore, request: Request): Promise<Response> {
  const { signal } = request;
  signal.throwIfAborted();
  try {
    const answer = handleRequest(core, await wireRequest(request), signal);
    return response(await untilAborted(answer, [signal], () => signal.reason));
  } catch (error) {
    if (error instanceof ConnectionDroppedError) throw new TypeError("fetch failed", { cause: error });
    throw error;
  }
}

async function wireRequest(request: Request): Promise<WireRequest> {
  return {
    ...requestHead(request),
    headers: new Map(request.headers),
    body: new Uint8Array(await request.arrayBuffer()),
  };
}

function response({ status, headers, body }: WireResponse): Response {
  const init = { status, headers: headers.map(([name, value]): [string, string] => [name, value]) };
  // A fault can have this status, with which a Response takes no body.
  return new Response(body && status !== 304 ? new Uint8Array(body) : null, init);
}
