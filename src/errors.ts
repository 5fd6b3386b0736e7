import { isRestError as isCoreRestError, type RestError } from "@azure/core-rest-pipeline";

/** What this library adds to a `RestError`. */
export interface RestErrorInfo {
  /** The id that every attempt was sent with. Microsoft's support asks for it and for the `MS-CV` response header. */
  requestId: string;
  /** How often the request was sent. 0 when it failed before that, as when a credential gives no token. */
  attempts: number;
  /** The delay in milliseconds that the service asked for before another attempt, if it did. */
  retryAfterInMs?: number;
}

/** An error of the service, as it stands in `RestError.details.error`. */
export interface CommunicationError {
  /** For programs, such as `IdentityNotOwned`. */
  code?: string;
  /** For people. */
  message?: string;
  /** The part of the request that is at fault. */
  target?: string;
  /** Further errors that led to this one. */
  details?: CommunicationError[];
  /** The cause; `innererror` on the wire. */
  innerError?: CommunicationError;
}

/**
 * Tells whether an error is a `RestError`, of this library or of another one on Azure Core.
 *
 * @param error - Anything that was caught.
 */
export function isRestError(error: unknown): error is RestError & Partial<RestErrorInfo> {
  return isCoreRestError(error);
}
