// Rows T41, T65 to T71: core's timer stops when the headers arrive (until core-rest-pipeline 1.25), is off by default, ends
// as an AbortError, and doesn't cover the credential.
import type { PipelinePolicy, PipelineRequest } from "@azure/core-rest-pipeline";
import { abortError, longestTimerInMs, timeoutError } from "./cancellation.js";

/** As .NET's NetworkTimeout. */
const defaultLimitInMs = 100_000;

/**
 * Ends an attempt after `request.timeout` milliseconds (100 s by default), credential, headers and body together, or at
 * once when the signal of the call aborts. Meanwhile the request has a signal of the attempt's own. It keeps that one when the
 * attempt ends early, so that whatever still goes on can't send anything; otherwise the next attempt finds the request as it
 * was.
 */
export function attemptPolicy(): PipelinePolicy {
  return {
    name: "attemptPolicy",
    sendRequest(request, next) {
      const { abortSignal, timeout } = request;
      const limitInMs = Math.min(timeout > 0 ? timeout : defaultLimitInMs, longestTimerInMs);
      const controller = new AbortController();
      const before = { ...request };
      return new Promise((resolve, reject) => {
        let timer: ReturnType<typeof setTimeout> | undefined;
        const release = () => {
          clearTimeout(timer);
          try {
            abortSignal?.removeEventListener("abort", abort);
          } catch {
            // Row X33: a signal of someone else's make may throw. The attempt has ended all the same.
          }
        };
        let hasEnded = false;
        const end = (error: Error) => {
          hasEnded = true;
          reject(error);
          controller.abort(error);
          release();
        };
        const abort = () => end(abortError(abortSignal));
        abortSignal?.addEventListener("abort", abort);
        // A signal that has aborted since the call began tells a listener nothing.
        if (abortSignal?.aborted) return abort();
        timer = setTimeout(() => end(timeoutError(limitInMs)), limitInMs);
        request.abortSignal = controller.signal;
        request.timeout = 0;
        next(request)
          .finally(() => {
            release();
            if (!hasEnded) restore(request, before);
          })
          .then(resolve, reject);
      });
    },
  };
}

function restore(request: PipelineRequest, before: PipelineRequest): void {
  for (const name of Object.getOwnPropertyNames(request)) {
    if (!(name in before)) Reflect.deleteProperty(request, name);
  }
  Object.assign(request, before);
}
