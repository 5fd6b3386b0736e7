import { isRestError, type RestError, type RestErrorInfo } from "acs-identity";
import { isCredentialFault, isCredentialRefused } from "./acs.js";
import type { Log } from "./acsUsers.js";
import { metrics } from "./metrics.js";
import { ConfigurationFault, Problem } from "./problem.js";
import { SettingsError } from "./settings.js";
import { StoreError } from "./store/store.js";

const defaultRetryAfterInSeconds = 5;
const abortErrors: readonly string[] = ["AbortError", "TimeoutError"];

/** Sorts any failure by what can fix it: the caller, time, or the operators. */
export function sortFailure(error: unknown): Problem | ConfigurationFault {
  if (error instanceof Problem || error instanceof ConfigurationFault) return error;
  if (error instanceof StoreError) return unavailable(error);
  if (isCredentialFault(error)) {
    if (!isCredentialRefused(error)) return unavailable(error);
    return new ConfigurationFault("credential", "Entra didn't issue this service a token for ACS", error);
  }
  if (isRestError(error)) return sortAnswer(error);
  if (error instanceof Error && abortErrors.includes(error.name)) return unavailable(error);
  return new Problem(500, "internal", "The service failed.", { cause: error });
}

function sortAnswer(error: RestError & Partial<RestErrorInfo>): Problem | ConfigurationFault {
  const { statusCode: status } = error;
  if (status === 401 || status === 403) {
    const message = "ACS refuses this service: a wrong key or a missing role";
    return new ConfigurationFault("credential", message, error);
  }
  if (status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429) {
    return new ConfigurationFault("request", "ACS refuses what this service asks for", error);
  }
  return unavailable(error, Math.ceil((error.retryAfterInMs ?? 0) / 1000) || defaultRetryAfterInSeconds);
}

export function unavailable(cause: unknown, retryAfterInSeconds = defaultRetryAfterInSeconds): Problem {
  const detail = "The service can't do that at the moment. Try again later.";
  return new Problem(503, "unavailable", detail, { cause, retryAfterInSeconds });
}

/** Sorts a failed exchange, the only call in which ACS checks something from the caller. */
export function sortTeamsFailure(error: unknown): unknown {
  if (!isRestError(error)) return error;
  const { statusCode, code } = error;
  if (statusCode === 401 && code === "InvalidAccessToken") {
    const detail = "The Teams user's token is refused: is it expired, or for another resource than ACS?";
    return new Problem(400, "teams-token-refused", detail, { cause: error });
  }
  if (statusCode === 400 && code === "ValidationError") {
    const detail = "The Teams user's token is of another user or another application.";
    return new Problem(403, "teams-token-of-another", detail, { cause: error });
  }
  if (statusCode === 403) {
    const detail = "The user may not use Teams: is there a license?";
    return new Problem(403, "teams-not-permitted", detail, { cause: error });
  }
  return error;
}

/** Returns what to log about a failure. ACS's messages are left out, because they may quote a request. */
export function describeCause(cause: unknown): object | undefined {
  if (cause === undefined) return undefined;
  if (isRestError(cause)) {
    const { statusCode, code, requestId, attempts } = cause;
    return { name: cause.name, statusCode, code, requestId, attempts };
  }
  if (!(cause instanceof Error)) return { name: typeof cause };
  const { name, message, stack } = cause;
  return abortErrors.includes(name) ? { name, message } : { name, message, stack };
}

/** Tells the operators about a fault that only they can fix. */
export function raiseAlarm({ alarm, message, cause }: ConfigurationFault, log: Log): void {
  metrics.alarms.add(1, { alarm });
  log.error({ alarm, cause: describeCause(cause) }, message);
}

/** Ends the process with exit code 1. Prints the whole error only if it is a bug. */
export function fail(error: unknown): never {
  const isExpected = error instanceof SettingsError || error instanceof StoreError;
  console.error(isExpected ? error.message : error);
  process.exit(1);
}
