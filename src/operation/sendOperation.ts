import type { OperationOptions } from "@azure/core-client";
import type { HttpClient, PipelineRequest } from "@azure/core-rest-pipeline";
import { expectManyListeners } from "#platform/operation/manyListeners";
import { abortError } from "../pipeline/cancellation.js";
import { type Answer, readAnswer } from "./answer.js";
import { callOnResponse, completeError, forgetSecrets, logFailure } from "./failure.js";
import type { Operation, OperationArguments, OperationContext } from "./operation.js";
import { createRequest } from "./request.js";

/** Sends a generated operation and reads the response. */
export async function sendOperation<Result>(
  context: OperationContext,
  operation: Operation<Result>,
  args: OperationArguments,
  options: OperationOptions,
): Promise<Result> {
  const { client, methodName } = context;
  const { abortSignal, requestOptions, onResponse } = options;
  const request = createRequest(context, operation, args, options);
  if (abortSignal?.aborted) throw abortError(abortSignal);
  expectManyListeners(abortSignal);
  // Policies may send copies of the request, so only the transport knows what was sent and how often.
  const sent: PipelineRequest[] = [];
  const recordingHttpClient: HttpClient = {
    sendRequest(each) {
      sent.push(each);
      return client.httpClient.sendRequest(each);
    },
  };
  let answer: Answer<Result>;
  try {
    const response = await client.pipeline.sendRequest(recordingHttpClient, request);
    answer = readAnswer(methodName, operation, response, requestOptions?.shouldDeserialize ?? true);
  } catch (caught) {
    const error = abortSignal?.aborted ? abortError(abortSignal) : caught;
    for (const each of [request, ...sent]) forgetSecrets(each);
    completeError(error, request.requestId, sent.length);
    logFailure(methodName, error, request.requestId, sent.length);
    callOnResponse(error, options);
    throw error;
  }
  onResponse?.(answer.response, answer.result ?? {});
  return answer.result;
}
