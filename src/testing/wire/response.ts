import type { HttpError } from "../httpError.js";
import type { OperationResult } from "../operations/handler.js";
import { seededBytes } from "../random.js";
import { base64, utf8 } from "./bytes.js";
import type { WireRequest, WireResponse } from "./wire.js";

type Header = readonly [name: string, value: string];

/** What the headers of a response are built from. */
export interface ResponseContext {
  readonly request: WireRequest;
  /** Milliseconds since 1970, by the service's wall clock. */
  readonly wallTime: number;
  readonly processingTimeInMs: number;
  /** The value of `api-supported-versions`. Undefined before the request is routed. */
  readonly supportedVersions?: string | undefined;
  /** A hint for the developer, sent in `x-ms-emulator-diagnosis`. */
  readonly diagnosis?: string | undefined;
}

export function successResponse(answer: OperationResult, context: ResponseContext): WireResponse {
  const common = [...(answer.headers ?? []), ...commonHeaders(context, true)];
  if (!answer.body) return { status: answer.status, headers: common, chunked: false };
  return textResponse(answer.status, jsonType, JSON.stringify(answer.body), common);
}

/** The content type of what isn't an error of the service. */
export const jsonType = "application/json; charset=utf-8";

/** Returns a response with this text as its body. */
export function textResponse(
  status: number,
  contentType: string,
  text: string,
  headers: readonly Header[] = [],
): WireResponse {
  const body = utf8(text);
  const own: Header[] = [
    ["Content-Type", contentType],
    ["Content-Length", String(body.length)],
  ];
  return { status, headers: [...own, ...headers], body, chunked: false };
}

export function errorResponse(error: HttpError, context: ResponseContext): WireResponse {
  const headers = [
    ...commonHeaders(context, error.options.announcesVersions ?? false),
    ["x-ms-emulator-topic", error.topic] as const,
    ...(error.options.headers ?? []),
  ];
  const body = utf8(JSON.stringify(error.body));
  return {
    status: error.status,
    headers: [["Content-Type", "application/json"], ...headers],
    body,
    chunked: true,
  };
}

function commonHeaders(context: ResponseContext, announce: boolean): Header[] {
  const { request, wallTime, processingTimeInMs, supportedVersions, diagnosis } = context;
  const requestId = request.headers.get("x-ms-client-request-id");
  const headers: Header[] = [];
  if (announce && supportedVersions !== undefined)
    headers.push(["api-supported-versions", supportedVersions]);
  headers.push(["Date", new Date(wallTime).toUTCString()]);
  headers.push(["MS-CV", `${base64(randomBytes()).slice(0, 22)}.0`]);
  headers.push(["Request-Context", "appId="]);
  if (request.scheme === "https") {
    headers.push(["Strict-Transport-Security", "max-age=31536000;includeSubDomains"]);
  }
  headers.push(["X-Azure-Ref", azureReference(wallTime)]);
  headers.push(["X-Cache", "CONFIG_NOCACHE"]);
  if (requestId !== undefined && isHeaderText(requestId)) headers.push(["x-ms-client-request-id", requestId]);
  headers.push(["X-Processing-Time", `${Math.round(processingTimeInMs)}ms`]);
  if (diagnosis !== undefined) headers.push(["x-ms-emulator-diagnosis", headerText(diagnosis)]);
  return headers;
}

/** Builds a reference as Azure Front Door does: time, random bytes, site name and GUID. */
function azureReference(time: number): string {
  const bytes = new Uint8Array(24);
  new DataView(bytes.buffer).setUint32(0, Math.floor(time / 1000), true);
  bytes.set(randomBytes(), 8);
  return `0${base64(bytes)}${azureReferenceEnd}`;
}

const azureReferenceEnd: string = btoa("EMULATOR0000\0\0\0" + "00000000-0000-0000-0000-000000000000");

let lastRandom = 0;

/** Doesn't use the state's seed, because a failed request must not change the next id. */
function randomBytes(): Uint8Array {
  lastRandom += 1;
  return seededBytes("response", lastRandom);
}

function isHeaderText(text: string): boolean {
  return text.length <= 256 && !/[^\x20-\x7e]/.test(text);
}

/** Returns one line of printable ASCII that is short enough for a header. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 2000);
}
