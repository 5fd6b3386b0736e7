import type { PipelineRequest } from "@azure/core-rest-pipeline";

/** Sets a member that holds private keys or passwords, so that printing the request doesn't show it. */
export function setHidden(request: PipelineRequest, name: "agent" | "tlsSettings", value: object): void {
  Object.defineProperty(request, name, { value, enumerable: false, configurable: true, writable: true });
}
