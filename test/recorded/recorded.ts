import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Signing } from "../live/cases.js";
import errorsJson from "./errors.json" with { type: "json" };
import identitiesJson from "./identities.json" with { type: "json" };
import previewJson from "./preview.json" with { type: "json" };
import summariesJson from "./summaries.json" with { type: "json" };
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
  /** What was wrong with the request, if the service refused it. */
  readonly case?: string;
  /** `repository@commit: path#entry`, or the command that recorded it. */
  readonly recording: string;
  /** Empty if it isn't known or wasn't sent. */
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

/** Returns the errors of all recordings, and those that are known only from a summary, without a request or its headers. */
export function readErrorCases(): readonly ErrorCase[] {
  const cases = (recordings: readonly Recording[], from: ErrorCase["from"]) =>
    recordings.flatMap((recording) =>
      recording.case === undefined ? [] : errorCaseOf(recording, recording.case, from),
    );
  return [...cases(readRecordings(), "recording"), ...cases(summariesJson, "index")];
}

function errorCaseOf(recording: Recording, name: string, from: ErrorCase["from"]): ErrorCase {
  const { apiVersion, offered, response } = recording;
  const { headers: _, ...request } = recording.request;
  const { error } =
    (typeof response.body === "string" && response.body !== "" ? JSON.parse(response.body) : response.body) ??
    {};
  return {
    name: recording.name,
    case: name,
    from,
    apiVersion: apiVersion || null,
    offered,
    request,
    response: {
      status: response.status,
      code: error?.code ?? null,
      message: error?.message ?? null,
      target: error?.target ?? null,
      apiSupportedVersions: headerOf(response.headers, "api-supported-versions") !== undefined,
      contentType: headerOf(response.headers, "content-type") ?? null,
      chunked: headerOf(response.headers, "transfer-encoding") === "chunked",
    },
  };
}

/** Returns the runs of `npm run test:live -- --record` that are here, as `live-….json`. */
export function readLiveRuns(): readonly {
  readonly file: string;
  readonly recordings: readonly Recording[];
}[] {
  const folder = fileURLToPath(new URL("./", import.meta.url));
  return readdirSync(folder)
    .filter((file) => /^live-.*\.json$/.test(file))
    .map((file) => ({ file, recordings: JSON.parse(readFileSync(join(folder, file), "utf8")) }));
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
