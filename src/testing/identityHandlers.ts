import type { FakeIdentityService } from "./fakeIdentityService.js";
import { check } from "./validation/check.js";

/** The part of `http` that the handlers need, which msw 2 and msw 3 share. */
export interface HandlerFactory<Handler> {
  /** Creates a handler for requests of any method whose URL matches. */
  all(url: RegExp, respond: (info: { readonly request: Request }) => Promise<Response>): Handler;
}

/**
 * Creates handlers for `setupServer` and `setupWorker` of msw 2 and 3. They respond to every request to the
 * service's endpoint, even for unknown paths, so `onUnhandledRequest: "error"` never applies to it.
 *
 * A connection that `failNext` drops becomes msw's network error: in Node, a `TypeError` without a code such as
 * `ECONNRESET`, which a client may not recognize as a lost connection.
 *
 * The caller passes msw's `http`, so that this package doesn't depend on msw and uses the caller's version.
 *
 * @param service - The service that responds.
 * @param http - `http` of `msw`.
 * @example
 * ```ts
 * import { http } from "msw";
 * import { setupServer } from "msw/node";
 *
 * const service = createFakeIdentityService();
 * const server = setupServer(...identityHandlers(service, http));
 * ```
 * @throws TypeError if `http` is missing.
 */
export function identityHandlers<Handler>(
  service: FakeIdentityService,
  http: HandlerFactory<Handler>,
): Handler[] {
  check(
    typeof http?.all === "function",
    'Pass the http of msw: import { http } from "msw"; identityHandlers(service, http)',
  );
  const everything = new RegExp(`^${service.endpoint.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);
  return [http.all(everything, ({ request }) => respond(service, request))];
}

/** Turns a dropped connection into msw's network error, because msw reports rejections as errors of the handler. */
async function respond(service: FakeIdentityService, request: Request): Promise<Response> {
  try {
    return await service.fetch(request);
  } catch (error) {
    // Nobody receives a response, and msw 3.0.5 would emit another error of the request, to which Azure Core no longer
    // listens (ts-http-runtime 0.3.11): that ends the process.
    if (request.signal.aborted) return new Promise(() => undefined);
    if (error instanceof TypeError) return Response.error();
    throw error;
  }
}
