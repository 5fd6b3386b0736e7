// Rows T41, T65 to T71: core's timer stops when the headers arrive (until core-rest-pipeline 1.25), is off by default, ends
// as an AbortError, and doesn't cover the credential.
import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import { abortError, longestTimerInMs, timeoutError } from "./cancellation.js";

/** As .NET's NetworkTimeout. */
const defaultLimitInMs = 100_000;

/**
 * Ends an attempt after `request.timeout` milliseconds (100 s by default), credential, headers and body together, or at
 * once when the signal of the call aborts. The transport gets a copy of the request with a signal of the attempt's own, so
 * that an attempt which has ended can't send anything any more.
 */
export function attemptPolicy(): PipelinePolicy {
  return {
    name: "attemptPolicy",
    sendRequest(request, next) {
      const { abortSignal, timeout } = request;
      const limitInMs = Math.min(timeout > 0 ? timeout : defaultLimitInMs, longestTimerInMs);
      const controller = new AbortController();
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
        const end = (error: Error) => {
          reject(error);
          controller.abort(error);
          release();
        };
        const abort = () => end(abortError(abortSignal));
        abortSignal?.addEventListener("abort", abort);
        // A signal that has aborted since the call began tells a listener nothing.
        if (abortSignal?.aborted) return abort();
        timer = setTimeout(() => end(timeoutError(limitInMs)), limitInMs);
        next({ ...request, abortSignal: controller.signal, timeout: 0 })
          .finally(release)
          .then(resolve, reject);
      });
    },
  };
}
