import type { HttpHeaders, HttpMethods, PipelineRequest } from "@azure/core-rest-pipeline";
import type { Signal } from "./pipeline/cancellation.js";

/** The end of one attempt. Its signal is made when a transport asks for it: Node takes 2 µs for one. */
export class AttemptEnd {
  declare error?: Error;
  /** Set by a transport in place of a listener on the signal, which costs Node 4 µs more. */
  declare onEnd?: () => void;
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
    this.onEnd?.();
  }
}

/**
 * Calls a transport back when its request is to end before the answer.
 *
 * @returns A function that takes it back.
 */
export function onEndOf(request: PipelineRequest, callback: () => void): () => void {
  // No instanceof: the entries of the package may have a copy of this class each.
  const { attempt } = request as { attempt?: AttemptEnd };
  if (attempt) {
    attempt.onEnd = callback;
    if (attempt.error) callback();
    return () => undefined;
  }
  const { abortSignal } = request;
  abortSignal?.addEventListener("abort", callback);
  if (abortSignal?.aborted) callback();
  return () => abortSignal?.removeEventListener("abort", callback);
}

/** For core, a member that is undefined is an absent one. */
type RequestMembers = {
  [Member in keyof Omit<PipelineRequest, "withCredentials" | "abortSignal">]:
    | PipelineRequest[Member]
    | undefined;
};

/** The request of an operation, through all its attempts. */
export class OperationRequest implements PipelineRequest {
  declare url: string;
  declare method: HttpMethods;
  declare headers: HttpHeaders;
  declare requestId: string;
  declare allowInsecureConnection: boolean;
  declare timeout: number;
  declare body?: NonNullable<PipelineRequest["body"]>;
  declare tracingOptions?: NonNullable<PipelineRequest["tracingOptions"]>;
  declare requestOverrides?: NonNullable<PipelineRequest["requestOverrides"]>;
  declare onUploadProgress?: NonNullable<PipelineRequest["onUploadProgress"]>;
  declare onDownloadProgress?: NonNullable<PipelineRequest["onDownloadProgress"]>;
  withCredentials = false;
  /** How often it was sent. */
  attempts = 0;
  #signal: Signal | undefined;
  #callersSignal: Signal | undefined;
  #attempt: AttemptEnd | undefined;

  constructor(members: RequestMembers) {
    Object.assign(this, members);
  }

  /** That of the attempt while there is one, else the caller's, if any: for core, absent and undefined are one. */
  get abortSignal(): Signal {
    return (this.#attempt?.signal ?? this.#signal) as Signal;
  }

  /** During an attempt it takes the place of the attempt's own until the attempt ends. */
  set abortSignal(signal: Signal) {
    this.#signal = signal;
    this.#attempt = undefined;
  }

  get attempt(): AttemptEnd | undefined {
    return this.#attempt;
  }

  beginAttempt(): AttemptEnd {
    this.attempts++;
    this.#callersSignal = this.#signal;
    this.#attempt = new AttemptEnd();
    return this.#attempt;
  }

  /** What an ended attempt has not yet handed to the transport must find its signal aborted there. */
  finishAttempt({ error }: AttemptEnd): void {
    if (error) return;
    this.#attempt = undefined;
    this.#signal = this.#callersSignal;
  }
}
