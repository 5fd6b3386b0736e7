import type { PipelinePolicy, PipelineRequest } from "@azure/core-rest-pipeline";

/** A policy without a name, which core needs to sort policies by: here they stand in one list. */
export type Policy = PipelinePolicy["sendRequest"];

/**
 * A policy of core's shape, as one of this list. It may pass on a copy of the request: what the copy says is taken over
 * onto the request itself, which has more than its visible members.
 */
export function unnamed({ policy }: { readonly policy: PipelinePolicy }): Policy {
  return (request, next) =>
    policy.sendRequest(request, (passedOn) =>
      next(passedOn === request ? request : takeOver(request, passedOn)),
    );
}

function takeOver(request: PipelineRequest, copy: PipelineRequest): PipelineRequest {
  // A copy of the visible members has no signal: it is a property of the class.
  return Object.assign(request, copy, { abortSignal: copy.abortSignal ?? request.abortSignal });
}
