import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Signing } from "../../live/cases.js";
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

const recordings: readonly Recording[] = [...identitiesJson, ...teamsUserJson, ...errorsJson, ...previewJson];

/** Returns all recordings that are known with their headers. */
export function readRecordings(): readonly Recording[] {
  return recordings;
}

/** Returns the refused requests, also those that are known only from a summary, without a request's headers. */
export function readRefusals(): readonly Recording[] {
  return [...recordings, ...summariesJson].filter((recording: Recording) => recording.case !== undefined);
}

/** Returns the runs of `npm run test:live -- --record` that are here, as `live-….json`. */
export function readLiveRuns(): readonly {
  readonly file: string;
  readonly recordings: readonly Recording[];
}[] {
  const folder = fileURLToPath(new URL(".", import.meta.url));
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
