// Core stops its timer when the headers arrive, and has none by default; a custom HttpClient need not look at a
// signal at all. This bounds an attempt as a whole: the credential, the headers and the body.
import type { PipelineResponse, SendRequest } from "@azure/core-rest-pipeline";
import type { OperationRequest } from "../operationRequest.js";
import { abortError, timeoutError } from "./cancellation.js";

/** As .NET's NetworkTimeout, in milliseconds. */
const defaultLimitInMs = 100_000;
/** The longest that `setTimeout` takes; it fires at once for more. */
const longestTimerInMs = 2 ** 31 - 1;

/** Ends an attempt after `request.timeout` milliseconds (100 s by default), or at once when its signal aborts. */
export function sendAttempt(request: OperationRequest, next: SendRequest): Promise<PipelineResponse> {
  const { abortSignal, timeout } = request;
  const limit = Math.min(timeout > 0 ? timeout : defaultLimitInMs, longestTimerInMs);
  const attempt = request.beginAttempt();
  // Core's own timer would end the attempt as an AbortError and may outlive it.
  request.timeout = 0;
  return new Promise((resolve, reject) => {
    const stop = () => end(abortError(abortSignal));
    const timer = setTimeout(() => end(timeoutError(limit)), limit);
    const finish =
      <Value>(settle: (value: Value) => void) =>
      (value: Value) => {
        clearTimeout(timer);
        abortSignal?.removeEventListener("abort", stop);
        request.timeout = timeout;
        request.finishAttempt(attempt);
        settle(value);
      };
    const end = (error: Error) => {
      attempt.end(error);
      finish(reject)(error);
    };
    if (abortSignal) {
      abortSignal.addEventListener("abort", stop);
      // It may have aborted since the call began, and tells a listener nothing then.
      if (abortSignal.aborted) return stop();
    }
    next(request).then(finish(resolve), finish(reject));
  });
}
