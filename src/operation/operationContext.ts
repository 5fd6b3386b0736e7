import type { HttpClient, Pipeline } from "@azure/core-rest-pipeline";

/** What the operations of a client share. */
export interface OperationContext {
  readonly endpoint: URL;
  readonly apiVersion: string;
  readonly allowInsecureConnection: boolean;
  /** The name of the header that carries the request id, which is the same on each attempt. */
  readonly requestIdHeader: string;
  readonly pipeline: Pipeline;
  readonly httpClient: HttpClient;
}
