import { authenticate } from "./auth/authenticate.js";
import { operations } from "./operations/operations.js";
import type { ServiceCore } from "./serviceCore.js";
import { ServiceError } from "./serviceError.js";
import { requestedVersion, supportedVersions } from "./wire/apiVersion.js";
import { readBody } from "./wire/requestBody.js";
import { errorResponse, type ResponseContext, successResponse } from "./wire/response.js";
import { routeRequest } from "./wire/router.js";
import type { WireRequest, WireResponse } from "./wire/wire.js";

/** The way of every request, whichever door it came through. */
export async function handleRequest(core: ServiceCore, request: WireRequest): Promise<WireResponse> {
  let context: ResponseContext = { core, request, startedAt: performance.now() };
  try {
    const routed = routeRequest(request);
    const { route, parameters } = routed;
    context = { ...context, supportedVersions: supportedVersions(route) };

    const { caller, remark } = await authenticate(request, routed, core.settings, core.clock.wallTime);
    context = { ...context, diagnosis: remark };

    const version = requestedVersion(request, routed, core.settings.loose);
    const body = readBody(request, core.settings.loose);
    const answer = await operations[route.operation](core, { route, parameters, version, body, caller });
    return successResponse(answer, context);
  } catch (error) {
    const refusal = error instanceof ServiceError ? error : internalError();
    return errorResponse(refusal, { ...context, diagnosis: refusal.options.diagnosis });
  }
}

function internalError(): ServiceError {
  return new ServiceError(500, "InternalServerError", "The server encountered an internal error.");
}
