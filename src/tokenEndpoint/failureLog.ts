import { causeOf, type TokenEndpointError } from "./tokenEndpointError.js";
import { responseTo } from "./tokenResponse.js";

/**
 * Returns the default of `onFailure`. It writes each user that is left over to the console, because ACS can't list users,
 * but the same failure of many callers only once a minute.
 */
export function createFailureLog(): (error: TokenEndpointError) => void {
  const writtenAt = new Map<string, number>();
  return (error) => {
    const { kind, step, message, cause } = error;
    const { code, statusCode, name } = causeOf(error);
    if (kind === "orphanedUser") return console.error(`acs-identity/token-endpoint: ${message}`);
    const sameFailure = `${kind} ${step} ${code ?? statusCode ?? name}`;
    const now = Date.now();
    if (now - (writtenAt.get(sameFailure) ?? 0) < 60_000) return;
    writtenAt.set(sameFailure, now);
    const line = `acs-identity/token-endpoint answered ${responseTo(error).status}: ${message}`;
    // Only an error of your own code needs its stack.
    if (kind === "callbackFailed") console.error(line, cause);
    else console.error(line);
  };
}
