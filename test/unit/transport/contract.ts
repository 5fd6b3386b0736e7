import type { HttpClient, HttpMethods, PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import type { Certificates } from "../../helpers/certificates.js";

type TransportName = "node:http" | "undici" | "undici alone";

export interface RequestParts {
  readonly url: string;
  readonly method?: HttpMethods;
  readonly body?: Exclude<PipelineRequest["body"], undefined>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Other members of the request. */
  readonly settings?: Partial<PipelineRequest>;
}

export interface CancellableRequest {
  readonly request: PipelineRequest;
  abort(): void;
}

/** What the cases of the contract need, for one transport. */
export interface Lab {
  readonly client: HttpClient;
  readonly certificates: Certificates;
  makeRequest(parts: RequestParts): CancellableRequest;
  send(parts: RequestParts): Promise<PipelineResponse>;
  /** Returns `it` for a case that some transports are expected to fail, each with the reason and how the case then fails. */
  except(
    reasons: Partial<Record<TransportName, readonly [reason: string, failure: RegExp]>>,
  ): (title: string, run: () => Promise<void>) => void;
}
