import { authenticate } from "./auth/authenticate.js";
import { authorityResponse } from "./entra/authority.js";
import { entraChecks } from "./entra/verifyEntraToken.js";
import { type Fault, faultError } from "./faults.js";
import { HttpError } from "./httpError.js";
import { handlers } from "./operations/handlers.js";
import type { ServiceCore } from "./serviceCore.js";
import { NotSavedError } from "./state/notSavedError.js";
import { untilAborted } from "./untilAborted.js";
import { wellKnownDocument } from "./wellKnown.js";
import { requestedVersion } from "./wire/apiVersion.js";
import { HandledRequest } from "./wire/handledRequest.js";
import { readJsonBody } from "./wire/requestBody.js";
import { type RoutedRequest, routeRequest } from "./wire/router.js";
import { ConnectionDroppedError, type WireRequest, type WireResponse } from "./wire/wire.js";

/**
 * Handles every request, whichever adapter received it.
 * @param givenUp - Aborts when nobody waits for the response anymore. An injected delay ends then, and so does the request.
 * @throws ConnectionDroppedError if a fault asks for it.
 */
export async function handleRequest(
  core: ServiceCore,
  request: WireRequest,
  givenUp?: AbortSignal,
): Promise<WireResponse> {
  const handled = new HandledRequest(core, request);
  await core.store.settled();
  try {
    if (request.body.length > bodyLimitInBytes) throw bodyTooLarge();
    const document = await wellKnownDocument(request);
    if (document) return handled.succeed({ status: 200, body: document });
    const signIn = await authorityResponse(core, request);
    if (signIn) return signIn;

    const routed = routeRequest(request, core.settings.strict);
    const fault = core.faults.take(routed.operation);
    handled.route(routed);
    if (fault) await applyFault(fault, core.closed, givenUp);

    const answer = await operate(core, request, routed, handled);
    if (fault?.drop === "after") throw new ConnectionDroppedError();
    return handled.succeed(answer);
  } catch (error) {
    if (error instanceof ConnectionDroppedError) throw handled.drop(error);
    return handled.fail(error instanceof HttpError ? error : internalError(error));
  }
}

/** Larger than any valid request, including one that carries a Teams token. */
export const bodyLimitInBytes: number = 256 * 1024;

/** Authenticates and validates a request, then runs its operation. */
async function operate(
  core: ServiceCore,
  request: WireRequest,
  routed: RoutedRequest,
  handled: HandledRequest,
) {
  const { settings, clock, throttle } = core;
  const { route, operation, parameters } = routed;
  if (routed.tolerance) handled.remark(`The path was accepted under the tolerance ${routed.tolerance}`);
  const checks = { ...settings, endpoint: core.endpoint, entra: entraChecks(core) };
  const { caller, tolerance } = await authenticate(request, routed, checks, clock.wallTime);
  if (tolerance) handled.remark(`The signature was accepted under the tolerance ${tolerance}`);
  const { version, warning } = requestedVersion(request, routed, settings.loose);
  if (warning) handled.remark(warning);
  throttle.count(route, operation, clock.time);
  const { contentType = "application/json" } = route;
  const body = readJsonBody(request, settings.loose ? undefined : contentType);
  const call = { route, parameters, version, body, caller };
  return handlers[operation](core, call);
}

async function applyFault(fault: Fault, closed?: AbortSignal, givenUp?: AbortSignal): Promise<void> {
  if (fault.delayInMs) await pause(fault.delayInMs, closed, givenUp);
  if (fault.drop === "before") throw new ConnectionDroppedError();
  if (fault.status !== undefined) throw faultError(fault);
}

async function pause(duration: number, closed?: AbortSignal, givenUp?: AbortSignal): Promise<void> {
  const reason = () => (closed?.aborted ? "the emulator closed" : "the caller gave up");
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, duration);
  });
  try {
    await untilAborted(over, [closed, givenUp], () => new ConnectionDroppedError(reason()));
  } finally {
    // A pending timer would keep the process alive.
    clearTimeout(timer);
  }
}

function bodyTooLarge(): HttpError {
  return new HttpError(413, "RequestEntityTooLarge", "The request body is too large.", {
    diagnosis: `More than ${bodyLimitInBytes} bytes`,
  });
}

function internalError(error: unknown): HttpError {
  const reason = error instanceof Error ? error.message : "unknown";
  return new HttpError(500, "InternalServerError", "The server encountered an internal error.", {
    diagnosis: error instanceof NotSavedError ? reason : `Bug in the fake service: ${reason}`,
  });
}
