import type { CommunicationError } from "../generated/models.js";

/** How an answer differs from the plain error envelope. */
export interface HttpErrorOptions {
  /** The part of the request at fault, as the service spells it. */
  readonly target?: string;
  /** The service announces its versions when its own code refuses, and not when its framework does. */
  readonly announcesVersions?: boolean;
  /** For the developer, beside the service's own words. Never a secret. */
  readonly diagnosis?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** An error answer of the service. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  readonly code: string;
  readonly options: HttpErrorOptions;

  constructor(status: number, code: string, message: string, options: HttpErrorOptions = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.options = options;
  }

  /** The wire body. */
  get body(): { error: CommunicationError } {
    const { target } = this.options;
    return { error: { code: this.code, message: this.message, ...(target === undefined ? {} : { target }) } };
  }
}

/** Refused by the service's own checks: it announces its versions. */
export function validationError(message: string, target: string, diagnosis?: string): HttpError {
  return new HttpError(400, "ValidationError", message, {
    target,
    announcesVersions: true,
    ...(diagnosis === undefined ? {} : { diagnosis }),
  });
}

/** Refused by the framework that reads the body into the service's model: `Field: what is wrong`. */
export function bindingError(field: string, message: string): HttpError {
  return new HttpError(400, "ValidationError", `${field}: ${message}`, { target: field });
}

/** @param field - In the model's spelling: `Scopes`. */
export function requiredField(field: string): HttpError {
  return bindingError(field, `The ${field} field is required.`);
}

export function denied(diagnosis: string, message: string = "Denied by the resource provider."): HttpError {
  return new HttpError(401, "Denied", message, { diagnosis });
}

export function identityNotOwned(diagnosis: string): HttpError {
  return new HttpError(401, "IdentityNotOwned", "Provided identity doesn't belong to the resource.", {
    announcesVersions: true,
    diagnosis,
  });
}

/** For an id of this resource. Only the words are known, from a run of Microsoft's own tests. */
export function identityDoesNotExist(diagnosis: string): HttpError {
  return new HttpError(401, "IdentityNotOwned", "Provided identity doesn't exist.", {
    announcesVersions: true,
    diagnosis,
  });
}

export function invalidAccessToken(diagnosis: string): HttpError {
  return new HttpError(401, "InvalidAccessToken", "Provided access token is not valid.", { diagnosis });
}
