import {
  RestError as CoreRestError,
  isRestError as isCoreRestError,
  type RestErrorOptions,
} from "@azure/core-rest-pipeline";

/** The codes with which the service is known to refuse a call. It may send others. */
export type ServiceErrorCode =
  | "Denied"
  | "IdentityNotOwned"
  | "InvalidAccessToken"
  | "TooManyRequests"
  | "UnsupportedApiVersion"
  | "ValidationError"
  | (string & Record<never, never>);

/**
 * The codes of a `RestError`: the service's and, for a call without a usable response, those of this library (a proxy that
 * refuses, a body above 1 MiB, an encoding that can't be read, a response that lacks what the operation returns) and of the
 * connection: `REQUEST_SEND_ERROR` in browsers, otherwise those of Node.
 */
export type RestErrorCode =
  | ServiceErrorCode
  | "PROXY_REFUSED"
  | "RESPONSE_TOO_LARGE"
  | "UNKNOWN_CONTENT_ENCODING"
  | "INVALID_CONTENT_ENCODING"
  | "PARSE_ERROR"
  | "REQUEST_SEND_ERROR"
  | "ECONNREFUSED"
  | "ECONNRESET"
  | "ENOTFOUND"
  | "ETIMEDOUT";

/** The codes of a `TypeError` for arguments or settings that can't be used; `UNQUOTED_…`: a shell has cut it at its `;`. */
export type ArgumentErrorCode =
  | "INVALID_ARGUMENT"
  | "INVALID_ACCESS_KEY"
  | "UNQUOTED_CONNECTION_STRING"
  | "INSECURE_ENDPOINT"
  | "INVALID_PROXY";

/** The members that this library adds to a `RestError`. */
export interface RestErrorInfo {
  /** The id that every attempt was sent with. Microsoft support asks for it and for the `MS-CV` response header. */
  requestId: string;
  /** How often the request was sent. 0 if the call failed before that, for example in a credential. */
  attempts: number;
  /** The delay before another attempt, in milliseconds, if the service asked for one. */
  retryAfterInMs?: number;
  /** The service's code or, if there is no usable response, one that says why. */
  code?: RestErrorCode;
  /** What the response says. Present if there was one. */
  details?: ErrorDetails;
}

/** The error of a call that the service rejects or that gets no usable response: that of Azure Core, with more members. */
export interface RestError extends CoreRestError, Partial<RestErrorInfo> {
  /** The service's code or, if there is no usable response, one that says why. */
  code?: RestErrorCode;
  /** What the response says. Present if there was one. */
  details?: ErrorDetails;
}

/** The class of Azure Core, by which `instanceof` narrows to the interface of the same name. */
export const RestError: {
  /** Creates an error, for a test that makes a call fail. */
  new (message: string, options?: RestErrorOptions): RestError;
  /** What the errors have in common. */
  readonly prototype: RestError;
  /** The code of a request that got no response, in browsers. */
  readonly REQUEST_SEND_ERROR: string;
  /** The code of a response that can't be read. */
  readonly PARSE_ERROR: string;
} = CoreRestError as typeof RestError;

/** The content of `RestError.details`. */
export interface ErrorDetails {
  /** The service's error. */
  error?: ServiceError;
  /** The user that `createUserAndToken` created without getting a token for it. */
  identity?: {
    /** The id of the user, as in `communicationUserId`. */
    id: string;
  };
  /** Why the emulator or the fake refused the request, if the service's message doesn't say it. `message` ends with it. */
  emulatorDiagnosis?: string;
}

/** An error from the service, as found in `RestError.details.error`. */
export interface ServiceError {
  /** The code for programs, such as `IdentityNotOwned`. */
  code?: ServiceErrorCode;
  /** The message for people. */
  message?: string;
  /** The part of the request that caused the error. */
  target?: string;
  /** Further errors that led to this one. */
  details?: ServiceError[];
  /** The cause; `innererror` on the wire. */
  innerError?: ServiceError;
}

/**
 * Tells whether an error is a `RestError` from this library or another one that is built on Azure Core.
 *
 * @param error - Anything that was caught.
 *
 * @example
 * ```ts
 * await client.deleteUser(user).catch((error: unknown) => {
 *   if (!isRestError(error) || error.code !== "IdentityNotOwned") throw error;
 * });
 * ```
 */
export function isRestError(error: unknown): error is RestError {
  return isCoreRestError(error);
}
