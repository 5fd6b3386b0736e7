import { Readable } from "node:stream";
import type { HttpHeaders, PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import type { Dispatcher } from "undici";
import { onEndOf } from "../operationRequest.js";
import { tooLarge } from "../pipeline/bodyError.js";
import { readNodeBody } from "../transport/nodeBody.js";
import { readHeaders } from "./answerHeaders.js";
import { dispatchOptionsOf } from "./dispatchOptions.js";
import type { Target } from "./target.js";
import { abortedError, bodyFailure, transportError } from "./transportError.js";

/** Sends a request and reads its answer as a whole, at most `largestBody` bytes. */
export function sendForText(
  dispatcher: Dispatcher,
  request: PipelineRequest,
  target: Target,
  largestBody: number,
): Promise<PipelineResponse> {
  return new Promise((resolve, reject) => {
    const reader = new AnswerReader(request, largestBody, resolve, reject);
    reader.begin();
    if (reader.isOver) return;
    try {
      dispatcher.dispatch(dispatchOptionsOf(request, target), reader);
    } catch (error) {
      // undici throws for a header or a body that it can't send.
      reader.end(transportError(error, request));
    }
  });
}

class AnswerReader implements Dispatcher.DispatchHandler {
  isOver = false;
  readonly #request: PipelineRequest;
  readonly #largestBody: number;
  readonly #resolve: (response: PipelineResponse) => void;
  readonly #reject: (error: unknown) => void;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #status = 0;
  #headers: HttpHeaders | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #forget: (() => void) | undefined;

  constructor(
    request: PipelineRequest,
    largestBody: number,
    resolve: (response: PipelineResponse) => void,
    reject: (error: unknown) => void,
  ) {
    this.#request = request;
    this.#largestBody = largestBody;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  begin(): void {
    const end = () => this.end(abortedError());
    const { timeout } = this.#request;
    if (timeout > 0) this.#timer = setTimeout(end, timeout);
    this.#forget = onEndOf(this.#request, end);
  }

  /** Ends the request before its answer, and its connection with it. */
  end(error: unknown): void {
    if (this.isOver) return;
    this.#finish();
    this.#reject(error);
    this.#controller?.abort(abortedError());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It may have waited for a connection until nobody wants it any more.
    if (this.isOver) controller.abort(abortedError());
  }

  onResponseStart(_: unknown, status: number, headers: Record<string, string | string[] | undefined>): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = readHeaders(headers);
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length > this.#largestBody) {
      this.end(bodyFailure(tooLarge(this.#largestBody), this.#response()));
    } else {
      this.#chunks.push(chunk);
      this.#request.onDownloadProgress?.({ loadedBytes: this.#length });
    }
  }

  onResponseEnd(): void {
    const response = this.#response();
    const [first = Buffer.alloc(0), ...others] = this.#chunks;
    const bytes = others.length === 0 ? first : Buffer.concat(this.#chunks, this.#length);
    if (response.headers.has("Content-Encoding")) {
      readNodeBody({ ...response, readableStreamBody: Readable.from([bytes]) }, this.#largestBody).then(
        (text) => this.#answer(response, text),
        (error) => this.end(bodyFailure(error, response)),
      );
    } else {
      this.#answer(response, bytes.toString("utf8"));
    }
  }

  onResponseError(_: unknown, error: Error): void {
    this.end(this.#headers ? bodyFailure(error, this.#response()) : transportError(error, this.#request));
  }

  #answer(response: PipelineResponse, text: string): void {
    if (this.isOver) return;
    response.bodyAsText = text;
    this.#finish();
    this.#resolve(response);
  }

  #finish(): void {
    this.isOver = true;
    this.#forget?.();
    clearTimeout(this.#timer);
  }

  #response(): PipelineResponse {
    const headers = this.#headers as HttpHeaders;
    return { request: this.#request, status: this.#status, headers };
  }
}
