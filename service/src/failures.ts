import { isRestError, type RestError, type RestErrorInfo } from "acs-identity";
import { isCredentialFault, isCredentialRefused, isUserGone, LostCreation } from "./acs.js";
import { abortErrors, describeCause, type Log } from "./log.js";
import { metrics } from "./metrics.js";
import { ConfigurationFault, Problem, type ProblemCode, tryLater } from "./problem.js";
import { SettingsError } from "./settings.js";
import { StoreError } from "./store/storeError.js";

/** PostgreSQL's codes if it refuses the login, lacks the database, a role or the tables, or withholds a right. */
const refusedByDatabase = /^(?:28|3D|42)/;

/** Sorts any failure by what can fix it: the caller, time, or the operators. */
export function sortFailure(error: unknown): Problem | ConfigurationFault {
  if (error instanceof Problem || error instanceof ConfigurationFault) return error;
  if (error instanceof LostCreation)
    return isRestError(error.cause) ? sortAnswer(error.cause) : unavailable(error.cause);
  if (error instanceof StoreError) {
    if (isCredentialFault(error.cause)) return sortFailure(error.cause);
    if (!refusedByDatabase.test(String(error.code))) return unavailable(error);
    return new ConfigurationFault("database", "PostgreSQL refuses what this service needs", error);
  }
  if (isCredentialFault(error)) {
    if (!isCredentialRefused(error)) return unavailable(error);
    return new ConfigurationFault("credential", "Entra didn't issue this service a token for ACS", error);
  }
  if (isRestError(error)) return sortAnswer(error);
  if (error instanceof Error && abortErrors.includes(error.name)) return unavailable(error);
  return new Problem("internal", "The service failed.", { cause: error });
}

function sortAnswer(error: RestError & Partial<RestErrorInfo>): Problem | ConfigurationFault {
  const { statusCode: status } = error;
  // The user was deleted during the call. The next call replaces it, or says that the resource is another one.
  if (isUserGone(error)) return unavailable(error, 1);
  if (status === 401 || status === 403) {
    const message = "ACS refuses this service: a wrong key or a missing role";
    return new ConfigurationFault("credential", message, error);
  }
  if (status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429) {
    return new ConfigurationFault("request", "ACS refuses what this service asks for", error);
  }
  return unavailable(error, Math.ceil((error.retryAfterInMs ?? 0) / 1000) || undefined);
}

function unavailable(cause: unknown, retryAfterInSeconds?: number): Problem {
  const detail = "The service can't do that at the moment. Try again later.";
  return tryLater("unavailable", detail, retryAfterInSeconds, cause);
}

/** Sorts a failed exchange, the only call in which ACS checks something from the caller. */
export function sortTeamsFailure(error: unknown): unknown {
  if (!isRestError(error)) return error;
  const { statusCode, code } = error;
  const refuse = (code: ProblemCode, detail: string) =>
    new Problem(code, `The Teams user ${detail}`, { cause: error });
  if (statusCode === 401 && code === "InvalidAccessToken")
    return refuse("teams-token-refused", "has an expired token, or one for another resource than ACS.");
  if (statusCode === 400 && code === "ValidationError")
    return refuse("teams-token-of-another", "isn't you, or the token is of another application.");
  // `Denied` is said to this service, not to the user.
  if (statusCode === 403 && code !== "Denied")
    return refuse("teams-not-permitted", "may not use Teams: is there a license?");
  return error;
}

/** Tells the operators about a fault that only they can fix. */
export function raiseAlarm({ alarm, message, cause }: ConfigurationFault, log: Log): void {
  metrics.alarms.add(1, { alarm });
  log.error({ alarm, cause: describeCause(cause) }, message);
}

/**
 * Ends the process: with exit code 2 if it helps to repeat the same, otherwise with 1. Prints the whole error only if it
 * is a bug.
 * @param program - The program to name if its settings or arguments are wrong.
 */
export function fail(error: unknown, program: string): never {
  if (error instanceof SettingsError) console.error(`${program} can't start:\n${error.message}`);
  else console.error(error instanceof StoreError ? error.message : error);
  const failure = sortFailure(error);
  process.exit(failure instanceof Problem && failure.status === 503 ? 2 : 1);
}
