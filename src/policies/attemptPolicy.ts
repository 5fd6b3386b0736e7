// Core stops its timer when the headers arrive, and has none by default; a custom HttpClient need not look at a
// signal at all. This bounds an attempt as a whole: the credential, the headers and the body.
import type { PipelinePolicy, PipelineRequest } from "@azure/core-rest-pipeline";
import { abortError, timeoutError } from "../cancellation.js";

/** As .NET's NetworkTimeout, in milliseconds. */
const defaultLimitInMs = 100_000;
/** The longest that `setTimeout` takes; it fires at once for more. */
const longestTimerInMs = 2 ** 31 - 1;

const attempts = new WeakMap<PipelineRequest, number>();

/** How often a request was sent. */
export function attemptsOf(request: PipelineRequest): number {
  return attempts.get(request) ?? 0;
}

/** Ends an attempt after `request.timeout` milliseconds (100 s by default), or at once when its signal aborts. */
export function attemptPolicy(): PipelinePolicy {
  return {
    name: "acsAttemptPolicy",
    async sendRequest(request, next) {
      const { abortSignal, timeout } = request;
      attempts.set(request, attemptsOf(request) + 1);
      const limit = Math.min(timeout > 0 ? timeout : defaultLimitInMs, longestTimerInMs);
      const attempt = new AbortController();
      let timer: ReturnType<typeof setTimeout> | undefined;
      let stop: (() => void) | undefined;
      const ended = new Promise<never>((_, reject) => {
        const end = (error: Error) => {
          reject(error);
          attempt.abort(error);
        };
        timer = setTimeout(() => end(timeoutError(limit)), limit);
        if (abortSignal) {
          stop = () => end(abortError(abortSignal));
          abortSignal.addEventListener("abort", stop);
        }
      });
      request.abortSignal = attempt.signal;
      // Core's own timer would end the attempt as an AbortError and may outlive it.
      request.timeout = 0;
      try {
        return await Promise.race([next(request), ended]);
      } finally {
        clearTimeout(timer);
        if (abortSignal && stop) abortSignal.removeEventListener("abort", stop);
        request.timeout = timeout;
        if (abortSignal) request.abortSignal = abortSignal;
        else delete request.abortSignal;
      }
    },
  };
}
