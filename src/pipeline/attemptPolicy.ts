// Core's timeout is off by default, stops at the headers (until ts-http-runtime 0.3.10, Azure/azure-sdk-for-js#39519), rejects
// with an AbortError, and doesn't cover the credential.
import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import { abortError, longestTimerInMs, timeoutError } from "./cancellation.js";

/** The default of NetworkTimeout in .NET. */
const defaultLimitInMs = 100_000;

/**
 * Ends an attempt after `request.timeout` milliseconds (100 s by default), which cover credential, headers and body, or at
 * once when the signal of the call aborts. During the attempt the request has a signal of its own. If the attempt ends
 * early, the request keeps that signal, so that whatever is still running can't send anything. Otherwise everything that
 * the request had is restored for the next attempt.
 */
export function attemptPolicy(): PipelinePolicy {
  return {
    name: "attemptPolicy",
    sendRequest(request, next) {
      const { abortSignal, timeout } = request;
      const limitInMs = Math.min(timeout > 0 ? timeout : defaultLimitInMs, longestTimerInMs);
      const controller = new AbortController();
      const before = { ...request };
      const { agent, tlsSettings } = request;
      return new Promise((resolve, reject) => {
        let timer: ReturnType<typeof setTimeout> | undefined;
        const release = () => {
          clearTimeout(timer);
          try {
            abortSignal?.removeEventListener("abort", abort);
          } catch {
            // The signal of another library may throw. The attempt has ended anyway.
          }
        };
        const end = (error: Error) => {
          reject(error);
          controller.abort(error);
          release();
        };
        const abort = () => end(abortError(abortSignal));
        abortSignal?.addEventListener("abort", abort);
        // A signal that has aborted already doesn't call new listeners.
        if (abortSignal?.aborted) return abort();
        timer = setTimeout(() => end(timeoutError(request, limitInMs)), limitInMs);
        request.abortSignal = controller.signal;
        request.timeout = 0;
        next(request)
          .finally(() => {
            release();
            if (controller.signal.aborted) return;
            Object.assign(request, before);
            // These two are not enumerable.
            if (request.agent !== agent) Object.assign(request, { agent });
            if (request.tlsSettings !== tlsSettings) Object.assign(request, { tlsSettings });
          })
          .then(resolve, reject);
      });
    },
  };
}
