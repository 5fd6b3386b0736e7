import type { HttpError } from "../httpError.js";
import type { OperationResult } from "../operations/handler.js";
import { durationSince, type Outcome } from "../requestLog.js";
import type { ServiceCore } from "../serviceCore.js";
import { errorResponse, successResponse } from "./response.js";
import type { RoutedRequest } from "./router.js";
import type { ConnectionDroppedError, WireRequest, WireResponse } from "./wire.js";

/** A request and what is learned about it while it is handled. */
export class HandledRequest {
  readonly #core: ServiceCore;
  readonly #request: WireRequest;
  readonly #startedAt: number = performance.now();
  readonly #remarks: string[] = [];
  #routed: RoutedRequest | undefined;

  constructor(core: ServiceCore, request: WireRequest) {
    this.#core = core;
    this.#request = request;
  }

  route(routed: RoutedRequest): void {
    this.#routed = routed;
  }

  /** Adds a hint for the developer that doesn't fail the request. */
  remark(text: string): void {
    this.#remarks.push(text);
  }

  succeed(answer: OperationResult): WireResponse {
    const response = successResponse(answer, this.#context());
    const { identity } = (answer.body ?? {}) as { identity?: { id?: string } };
    this.#log({ ...(identity?.id === undefined ? {} : { userId: identity.id }), status: answer.status });
    return response;
  }

  fail(error: HttpError): WireResponse {
    if (error.options.diagnosis !== undefined) this.#remarks.push(error.options.diagnosis);
    const response = errorResponse(error, this.#context());
    const { target: errorTarget } = error.options;
    this.#log({
      status: error.status,
      code: error.code,
      message: error.message,
      ...(error.status < 400 ? {} : { topic: error.topic }),
      ...(errorTarget === undefined ? {} : { errorTarget }),
    });
    return response;
  }

  drop(error: ConnectionDroppedError): ConnectionDroppedError {
    this.#remarks.push(error.message);
    this.#log({});
    return error;
  }

  #context(): Parameters<typeof successResponse>[1] {
    return {
      request: this.#request,
      wallTime: this.#core.clock.wallTime,
      processingTimeInMs: performance.now() - this.#startedAt,
      supportedVersions: this.#routed?.route.announcedVersions.join(", "),
      diagnosis: this.#diagnosis(),
    };
  }

  #diagnosis(): string | undefined {
    return this.#remarks.length > 0 ? this.#remarks.join("; ") : undefined;
  }

  #log(answered: Pick<Outcome, "userId" | "status" | "code" | "message" | "errorTarget" | "topic">): void {
    const diagnosis = this.#diagnosis();
    this.#core.log.add(this.#core.clock.time, this.#request, {
      ...(this.#routed && { operation: this.#routed.operation }),
      ...answered,
      ...(diagnosis === undefined ? {} : { diagnosis }),
      durationInMs: durationSince(this.#startedAt),
    });
  }
}
