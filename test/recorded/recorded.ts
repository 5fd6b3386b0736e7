import type { Signing } from "../live/steps.js";
import errorCasesJson from "./errorCases.json" with { type: "json" };
import errorsJson from "./errors.json" with { type: "json" };
import identitiesJson from "./identities.json" with { type: "json" };
import previewJson from "./preview.json" with { type: "json" };
import teamsUserJson from "./teamsUser.json" with { type: "json" };

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: JsonValue;
}

export interface RecordedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** In lower case. `authorization` holds only the scheme, `hmac` or `bearer`; it's absent if it wasn't recorded. */
  readonly headers: Readonly<Record<string, string>>;
  /** `null` if none was sent, absent if the recorder didn't store it. */
  readonly body?: JsonValue;
}

export interface RecordedResponse {
  readonly status: number;
  /** Spelled as recorded. */
  readonly headers: Readonly<Record<string, string>>;
  /** Headers that the recorder added and the service didn't send. */
  readonly headersOfRecorder?: Readonly<Record<string, string>>;
  readonly body: JsonValue;
}

/** One exchange of the real service with an official client. */
export interface Recording {
  readonly name: string;
  /** `repository@commit: path#entry` */
  readonly recording: string;
  readonly apiVersion: string;
  /** Whether the client of this package supports this service version. */
  readonly offered: boolean;
  readonly note?: string;
  /** What was wrong on purpose with the signature. Default: nothing. */
  readonly signing?: Signing;
  /** Whether it was sent without the client, which has no method for it. */
  readonly raw?: boolean;
  readonly request: RecordedRequest;
  readonly response: RecordedResponse;
}

/** One error response of the real service, in the form that tests assert. */
export interface ErrorCase {
  /** The name of the recording, if `from` is `recording`. */
  readonly name: string;
  /** What was wrong with the request. */
  readonly case: string;
  /** `index` if only a summary of the recording is known. */
  readonly from: "recording" | "index";
  /** `null` if unknown. */
  readonly apiVersion: string | null;
  readonly offered: boolean;
  readonly request: Omit<RecordedRequest, "headers">;
  readonly response: {
    readonly status: number;
    /** Code, message and target are `null` if the response has none. */
    readonly code: string | null;
    readonly message: string | null;
    readonly target: string | null;
    /** Whether the response has `api-supported-versions`. */
    readonly apiSupportedVersions: boolean;
    readonly contentType: string | null;
    readonly chunked: boolean;
  };
}

export type RecordingGroup = "identities" | "teamsUser" | "errors" | "preview";

const groups: Readonly<Record<RecordingGroup, readonly Recording[]>> = {
  identities: identitiesJson,
  teamsUser: teamsUserJson,
  errors: errorsJson,
  preview: previewJson,
};

/** Returns the recordings of one group, or all of them. */
export function readRecordings(group?: RecordingGroup): readonly Recording[] {
  return group === undefined ? Object.values(groups).flat() : groups[group];
}

export function readErrorCases(): readonly ErrorCase[] {
  return errorCasesJson.map((errorCase) => ({
    ...errorCase,
    from: errorCase.from === "index" ? "index" : "recording",
  }));
}

/** Tells whether a recorder blanked the value or one inside it. */
export function isSanitized(value: JsonValue): boolean {
  if (typeof value === "string") return ["sanitized", "redacted"].includes(value.toLowerCase());
  return value !== null && typeof value === "object" && Object.values(value).some(isSanitized);
}

/** Returns the value of a recorded header. The case of the name doesn't matter. */
export function headerOf(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}
