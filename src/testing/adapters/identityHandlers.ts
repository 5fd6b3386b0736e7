import { check } from "../check.js";
import type { FakeIdentityService } from "../fakeIdentityService.js";

/** What `http` of msw 2 and msw 3 have in common, as far as it is needed here. */
export interface HandlerFactory<Handler> {
  /** A handler for the requests of any method whose URL matches. */
  all(url: RegExp, answer: (info: { readonly request: Request }) => Promise<Response>): Handler;
}

/**
 * Handlers for `setupServer` and `setupWorker` of msw 2 and 3: every request to the endpoint of the service is
 * answered by the service, unknown paths included, so that `onUnhandledRequest: "error"` has nothing to say.
 *
 * A connection that `failNext` drops is msw's network error: in Node a `TypeError` without a code such as
 * `ECONNRESET`, which a client need not take for a lost connection.
 *
 * msw's own `http` is handed in, so that this package loads no msw and the handlers are those of the msw that
 * the caller runs.
 *
 * @example
 * ```ts
 * import { http } from "msw";
 * import { setupServer } from "msw/node";
 *
 * const service = createFakeIdentityService();
 * const server = setupServer(...identityHandlers(service, http));
 * ```
 * @throws TypeError when `http` is missing.
 */
export function identityHandlers<Handler>(
  service: FakeIdentityService,
  http: HandlerFactory<Handler>,
): Handler[] {
  check(
    typeof http?.all === "function",
    'Pass the http of msw: import { http } from "msw"; identityHandlers(service, http)',
  );
  return [http.all(everythingUnder(service.endpoint), ({ request }) => answer(service, request))];
}

/** A dropped connection is a network error to msw; any other rejection would be reported as a fault of the handler. */
async function answer(service: FakeIdentityService, request: Request): Promise<Response> {
  try {
    return await service.fetch(request);
  } catch (error) {
    if (error instanceof TypeError) return Response.error();
    throw error;
  }
}

function everythingUnder(endpoint: string): RegExp {
  return new RegExp(`^${endpoint.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);
}
