import { isRestError as isCoreRestError, type RestError } from "@azure/core-rest-pipeline";

/** The members that this library adds to a `RestError`. */
export interface RestErrorInfo {
  /** The id that every attempt was sent with. Microsoft support asks for it and for the `MS-CV` response header. */
  requestId: string;
  /** How often the request was sent. 0 if it failed before that, for example because a credential returned no token. */
  attempts: number;
  /** The delay before another attempt, in milliseconds, if the service asked for one. */
  retryAfterInMs?: number;
}

/** An error from the service, as found in `RestError.details.error`. */
export interface CommunicationError {
  /** The code for programs, such as `IdentityNotOwned`. */
  code?: string;
  /** The message for people. */
  message?: string;
  /** The part of the request that caused the error. */
  target?: string;
  /** Further errors that led to this one. */
  details?: CommunicationError[];
  /** The cause; `innererror` on the wire. */
  innerError?: CommunicationError;
}

/**
 * Tells whether an error is a `RestError` from this library or another one that is built on Azure Core.
 *
 * @param error - Anything that was caught.
 */
export function isRestError(error: unknown): error is RestError & Partial<RestErrorInfo> {
  return isCoreRestError(error);
}
