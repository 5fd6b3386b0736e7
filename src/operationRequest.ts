import type { HttpHeaders, HttpMethods, PipelineRequest } from "@azure/core-rest-pipeline";
import type { Signal } from "./cancellation.js";

/** The end of one attempt. Its signal is made when a transport asks for it: Node takes 2 µs for one. */
export class AttemptEnd {
  error: Error | undefined;
  #controller: AbortController | undefined;

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.error) this.#controller.abort(this.error);
    }
    return this.#controller.signal;
  }

  end(error: Error): void {
    this.error = error;
    this.#controller?.abort(error);
  }
}

/** The request of an operation, through all its attempts. */
export class OperationRequest implements PipelineRequest {
  url: string;
  method: HttpMethods;
  headers: HttpHeaders;
  requestId: string;
  allowInsecureConnection: boolean;
  timeout = 0;
  withCredentials = false;
  declare body?: NonNullable<PipelineRequest["body"]>;
  declare tracingOptions?: NonNullable<PipelineRequest["tracingOptions"]>;
  declare requestOverrides?: NonNullable<PipelineRequest["requestOverrides"]>;
  declare onUploadProgress?: NonNullable<PipelineRequest["onUploadProgress"]>;
  declare onDownloadProgress?: NonNullable<PipelineRequest["onDownloadProgress"]>;
  /** How often it was sent. */
  attempts = 0;
  #signal: Signal | undefined;
  #attempt: AttemptEnd | undefined;

  constructor(
    url: string,
    method: HttpMethods,
    headers: HttpHeaders,
    requestId: string,
    allowInsecureConnection: boolean,
  ) {
    this.url = url;
    this.method = method;
    this.headers = headers;
    this.requestId = requestId;
    this.allowInsecureConnection = allowInsecureConnection;
  }

  /** That of the attempt while there is one, else the caller's, if any: for core, absent and undefined are one. */
  get abortSignal(): Signal {
    return (this.#attempt?.signal ?? this.#signal) as Signal;
  }

  set abortSignal(signal: Signal) {
    this.#signal = signal;
  }

  beginAttempt(): AttemptEnd {
    this.attempts++;
    this.#attempt = new AttemptEnd();
    return this.#attempt;
  }

  /** What an ended attempt has not yet handed to the transport must find its signal aborted there. */
  finishAttempt(): void {
    if (!this.#attempt?.error) this.#attempt = undefined;
  }
}
