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
  /** In lower case. `authorization` holds the scheme only: `hmac` or `bearer`, absent where not stored. */
  readonly headers: Readonly<Record<string, string>>;
  /** `null` where none was sent, absent where the recorder did not store it. */
  readonly body?: JsonValue;
}

export interface RecordedResponse {
  readonly status: number;
  /** Spelled as recorded. */
  readonly headers: Readonly<Record<string, string>>;
  /** Headers that the recorder added and the service did not send. */
  readonly headersOfRecorder?: Readonly<Record<string, string>>;
  readonly body: JsonValue;
}

/** One exchange of the real service with an official client. */
export interface Recording {
  readonly name: string;
  /** `repository@commit: path#entry` */
  readonly recording: string;
  readonly apiVersion: string;
  /** Whether the client of this package offers this service version. */
  readonly offered: boolean;
  readonly note?: string;
  readonly request: RecordedRequest;
  readonly response: RecordedResponse;
}

/** One error answer of the real service, in the terms that a test asserts. */
export interface ErrorCase {
  /** That of the recording, where `from` is `recording`. */
  readonly name: string;
  /** What was wrong with the request. */
  readonly case: string;
  /** `index` where only the summary of the recording is known. */
  readonly from: "recording" | "index";
  /** `null` where not known. */
  readonly apiVersion: string | null;
  readonly offered: boolean;
  readonly request: Omit<RecordedRequest, "headers">;
  readonly response: {
    readonly status: number;
    /** Code, message and target are `null` where the answer has none. */
    readonly code: string | null;
    readonly message: string | null;
    readonly target: string | null;
    /** Whether the answer carries `api-supported-versions`. */
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

/** The recordings of one group, or all of them. */
export function readRecordings(group?: RecordingGroup): readonly Recording[] {
  return group === undefined ? Object.values(groups).flat() : groups[group];
}

export function readErrorCases(): readonly ErrorCase[] {
  return errorCasesJson.map((errorCase) => ({
    ...errorCase,
    from: errorCase.from === "index" ? "index" : "recording",
  }));
}

/** Whether the value, or one inside it, was blanked by a recorder. */
export function isSanitized(value: JsonValue): boolean {
  if (typeof value === "string") return ["sanitized", "redacted"].includes(value.toLowerCase());
  return value !== null && typeof value === "object" && Object.values(value).some(isSanitized);
}

/** The value of a recorded header in any spelling of its name. */
export function headerOf(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}
