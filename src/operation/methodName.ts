import type { PipelineRequest } from "@azure/core-rest-pipeline";

/** A symbol, which no transport reads and copies of a request keep. It's the same in the ESM and the CommonJS build. */
const key = Symbol.for("acs-identity.methodName");

/**
 * Returns the name of the client's method that sends a request, such as `getToken`. A policy can pass it its request, and
 * `onResponse` the one of the response.
 *
 * @param request - A request, or a copy of one.
 * @returns Undefined for a request that this client didn't create.
 */
export function methodNameOf(request: PipelineRequest): string | undefined {
  return (request as { [key]?: string })[key];
}

export function setMethodName(request: PipelineRequest, name: string): void {
  Object.assign(request, { [key]: name });
}
