import type { PipelinePolicy } from "@azure/core-rest-pipeline";

/** A policy without a name, which core needs to sort policies by: here they stand in one list. */
export type Policy = PipelinePolicy["sendRequest"];

/** A policy of core's shape, as one of this list. */
export function unnamed({ policy }: { readonly policy: PipelinePolicy }): Policy {
  return (request, next) => policy.sendRequest(request, next);
}
