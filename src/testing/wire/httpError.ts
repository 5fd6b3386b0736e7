import type { CommunicationError } from "../../generated/models.js";
import type { Header } from "./wire.js";

/** The sections of TROUBLESHOOTING.md that explain error responses, by their anchors. */
export const topics = [
  "denied-the-signature",
  "denied-the-clock",
  "denied-the-body",
  "identitynotowned",
  "invalidaccesstoken",
  "invalid-scopes",
  "expiresinminutes",
  "the-exchange-of-a-teams-users-token",
  "the-api-version",
  "400",
  "403-404-405-413-415",
  "429",
  "5xx-and-unreadable-responses",
  "entra-id-credentials",
  "entra-id-no-role",
  "entra-id-errors-of-the-emulator",
  "the-fake-and-msw",
] as const;

export type Topic = (typeof topics)[number];

const topicsOfCodes: Readonly<Record<string, Topic>> = {
  Denied: "denied-the-signature",
  IdentityNotOwned: "identitynotowned",
  InvalidAccessToken: "invalidaccesstoken",
  UnsupportedApiVersion: "the-api-version",
};

/** By the lower-case `target` of a ValidationError. */
const topicsOfTargets: Readonly<Record<string, Topic>> = {
  scopes: "invalid-scopes",
  createtokenwithscopes: "invalid-scopes",
  expiresinminutes: "expiresinminutes",
  appid: "the-exchange-of-a-teams-users-token",
  userid: "the-exchange-of-a-teams-users-token",
};

/** Returns the topic of an error response for which its creator named none. */
function defaultTopic(status: number, code: string, target: string = ""): Topic {
  const topic = topicsOfCodes[code] ?? topicsOfTargets[target.toLowerCase()];
  if (topic) return topic;
  if (status === 429) return "429";
  if (status >= 500) return "5xx-and-unreadable-responses";
  return status === 400 ? "400" : "403-404-405-413-415";
}

export interface HttpErrorOptions {
  /** The part of the request that is wrong, as the service spells it. */
  readonly target?: string;
  /** The service announces its versions if its own code rejects a request, but not if its framework does. */
  readonly announcesVersions?: boolean;
  /** A hint for the developer in addition to the service's message. Never contains a secret. */
  readonly diagnosis?: string;
  /** The section of TROUBLESHOOTING.md that explains it. @defaultValue the one of its code, target or status */
  readonly topic?: Topic;
  /** The headers of the response, whatever form the table gives its errors. */
  readonly headers?: readonly Header[];
}

export class HttpError extends Error {
  override readonly name: string = "HttpError";
  readonly status: number;
  readonly code: string;
  readonly options: HttpErrorOptions;

  constructor(status: number, code: string, message: string, options: HttpErrorOptions = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.options = options;
  }

  get topic(): Topic {
    return this.options.topic ?? defaultTopic(this.status, this.code, this.options.target);
  }

  get body(): { error: CommunicationError } {
    const { target } = this.options;
    return { error: { code: this.code, message: this.message, ...(target === undefined ? {} : { target }) } };
  }
}

/** Creates the error for a request that the service's own checks reject. The response announces the versions. */
export function validationError(message: string, target: string, diagnosis?: string): HttpError {
  return new HttpError(400, "ValidationError", message, {
    target,
    announcesVersions: true,
    ...(diagnosis === undefined ? {} : { diagnosis }),
  });
}

/** Creates the error for a body that the service's framework can't read. The message is `Field: what is wrong`. */
export function bindingError(field: string, message: string): HttpError {
  return new HttpError(400, "ValidationError", `${field}: ${message}`, { target: field });
}

/** @param field - In the model's spelling: `Scopes`. */
export function requiredField(field: string): HttpError {
  return bindingError(field, `The ${field} field is required.`);
}

export function denied(
  diagnosis: string,
  topic: Topic = "denied-the-signature",
  message: string = "Denied by the resource provider.",
): HttpError {
  return new HttpError(401, "Denied", message, { diagnosis, topic });
}

export function identityNotOwned(diagnosis: string): HttpError {
  return new HttpError(401, "IdentityNotOwned", "Provided identity doesn't belong to the resource.", {
    announcesVersions: true,
    diagnosis,
  });
}

/** Creates the error for an unknown id of this resource. Only its message is known, from a run of Microsoft's own tests. */
export function identityDoesNotExist(diagnosis: string): HttpError {
  return new HttpError(401, "IdentityNotOwned", "Provided identity doesn't exist.", {
    announcesVersions: true,
    diagnosis,
  });
}

export function invalidAccessToken(diagnosis: string): HttpError {
  return new HttpError(401, "InvalidAccessToken", "Provided access token is not valid.", { diagnosis });
}

/** Creates the error for a Teams extension or Entra assignment that doesn't exist. */
export function assignmentNotFound(): HttpError {
  return new HttpError(404, "NotFound", "The requested assignment was not found.", {
    announcesVersions: true,
  });
}

/** Creates the error for an Entra token whose user may not get an ACS token. */
export function exchangeForbidden(diagnosis: string): HttpError {
  return new HttpError(403, "Forbidden", "The caller is not permitted to exchange this token.", {
    announcesVersions: true,
    diagnosis,
  });
}
