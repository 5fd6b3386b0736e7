import type { FullOperationResponse, OperationOptions } from "@azure/core-client";
import type { HttpClient, PipelineRequest } from "@azure/core-rest-pipeline";
import { abortError, onAbort } from "../pipeline/cancellation.js";
import { removeCredentials } from "../pipeline/redact.js";
import { inSpan } from "../pipeline/span.js";
import type { Operation } from "./operation.js";
import type { OperationContext } from "./operationContext.js";
import { reportFailure } from "./reportFailure.js";
import { createRequest, type OperationInput, readCallOptions } from "./request.js";
import { is2xx, readResponse } from "./response.js";

/** Sends an operation within its tracing span, and reads the response. */
export function send<Body, Result>(
  context: OperationContext,
  operation: Operation<Body, Result>,
  input: OperationInput<Body>,
  given: OperationOptions | null | undefined,
): Promise<Result> {
  const options = readCallOptions(given);
  const { abortSignal, requestOptions, onResponse } = options;
  const spanName = `CommunicationIdentityClient.${operation.name}`;
  return inSpan(spanName, options, {}, async (span, childTracing) => {
    // Attempts get spans of their own only if this one is recorded: a span costs as much as a signature.
    const tracingOptions = span.isRecording() ? childTracing : options.tracingOptions;
    // Azure Core adds listeners to the signal and keeps some. With a signal of its own, a call leaves none on the caller's.
    const controller = abortSignal && new AbortController();
    const request = createRequest(context, operation, input, options, controller?.signal, tracingOptions);
    if (abortSignal?.aborted) throw abortError(abortSignal);
    const stopListening = onAbort(abortSignal, () => controller?.abort());
    // Policies may send copies of the request, so only the transport knows what was sent and how often.
    const sent: PipelineRequest[] = [];
    const httpClient: HttpClient = {
      sendRequest(each) {
        sent.push(each);
        return context.httpClient.sendRequest(each);
      },
    };
    let response: FullOperationResponse;
    let result: Result;
    try {
      response = await context.pipeline.sendRequest(httpClient, request);
      // Neither the message of an error nor what it keeps may have a credential, so this comes before the response is read.
      if (!is2xx(response)) removeCredentials([request, response.request, ...sent], response);
      result = readResponse(operation, response, requestOptions.shouldDeserialize ?? true);
    } catch (caught) {
      const error = abortSignal?.aborted ? abortError(abortSignal) : caught;
      reportFailure(operation.name, error, request, sent, options);
      throw error;
    } finally {
      stopListening();
    }
    onResponse?.(response, result ?? {});
    span.setStatus({ status: "success" });
    return result;
  });
}
