// Core's timeout is off by default, stops at the headers (until ts-http-runtime 0.3.10, Azure/azure-sdk-for-js#39519), rejects
// with an AbortError, and doesn't cover the credential.
import { createHttpHeaders, type PipelinePolicy, type PipelineRequest } from "@azure/core-rest-pipeline";
import { abortError, longestTimerInMs, onAbort, timeoutError } from "./cancellation.js";

/** The limit of an attempt by default, which is that of NetworkTimeout in .NET. */
export const defaultLimitInMs = 100_000;

const originals = new WeakMap<PipelineRequest, PipelineRequest>();

/** Returns the request of which an attempt is a copy or, in a pipeline without `attemptPolicy`, the request itself. */
export function originalRequest(attempt: PipelineRequest): PipelineRequest {
  return originals.get(attempt) ?? attempt;
}

/**
 * Gives each attempt a copy of the request with a signal of its own, so that the attempts can't affect each other. The
 * attempt ends after `request.timeout` milliseconds (100 s by default), which cover credential, headers and body, or at
 * once if the signal of the call aborts. Its signal then stops whatever is still running.
 */
export const attemptPolicy: PipelinePolicy = {
  name: "attemptPolicy",
  sendRequest(request, next) {
    const { abortSignal, timeout } = request;
    if (abortSignal?.aborted) return Promise.reject(abortError(abortSignal));
    const limitInMs = Math.min(timeout > 0 ? timeout : defaultLimitInMs, longestTimerInMs);
    const controller = new AbortController();
    const headers = createHttpHeaders(request.headers.toJSON({ preserveCase: true }));
    return new Promise((resolve, reject) => {
      const release = () => {
        clearTimeout(timer);
        stopListening();
      };
      const end = (error: Error) => {
        release();
        reject(error);
        controller.abort(error);
      };
      const stopListening = onAbort(abortSignal, () => end(abortError(abortSignal)));
      const timer = setTimeout(() => end(timeoutError(request, limitInMs, controller.signal)), limitInMs);
      const attempt = { ...request, headers, abortSignal: controller.signal, timeout: 0 };
      originals.set(attempt, request);
      next(attempt).finally(release).then(resolve, reject);
    });
  },
};
