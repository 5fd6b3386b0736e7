import type { FakeContext } from "../service/fake.js";
import { seededBytes } from "../state/seeded.js";
import { NotSavedError } from "../state/store.js";
import type { OperationResult } from "../wire/admission.js";
import { base64, utf8 } from "../wire/bytes.js";
import type { Call } from "../wire/call.js";
import { HttpError } from "../wire/httpError.js";
import type { TableResponse } from "../wire/table.js";
import { type Header, jsonType, textResponse } from "../wire/wire.js";

/** The response of an operation that succeeded. */
export function successResponse(
  { fake }: FakeContext,
  call: Call,
  { status, body, headers = [], userId }: OperationResult,
): TableResponse {
  const all = [...headers, ...commonHeaders(call, fake.clock.wallTime, true)];
  const response = body
    ? textResponse(status, jsonType, JSON.stringify(body), all)
    : { status, headers: all, chunked: false };
  return { ...response, ...(userId !== undefined && { userId }) };
}

/** The response to a call that failed, whether an operation refused it or there is a bug. */
export function errorResponse({ fake }: FakeContext, call: Call, error: unknown): TableResponse {
  const refusal = error instanceof HttpError ? error : internalError(error);
  const { status, topic, body, options } = refusal;
  if (options.diagnosis !== undefined) call.remarks.push(options.diagnosis);
  return {
    status,
    headers: [
      ["Content-Type", "application/json"],
      ...commonHeaders(call, fake.clock.wallTime, options.announcesVersions ?? false),
      ["x-ms-emulator-topic", topic],
    ],
    body: utf8(JSON.stringify(body)),
    chunked: true,
    refusal,
  };
}

function internalError(error: unknown): HttpError {
  const reason = error instanceof Error ? error.message : "unknown";
  return new HttpError(500, "InternalServerError", "The server encountered an internal error.", {
    diagnosis: error instanceof NotSavedError ? reason : `Bug in the fake service: ${reason}`,
  });
}

function commonHeaders(call: Call, wallTime: number, announces: boolean): Header[] {
  const { request, row, remarks, startedAt } = call;
  const versions = row?.route?.announcedVersions;
  const requestId = request.headers.get("x-ms-client-request-id");
  const headers: Header[] = [];
  if (announces && versions) headers.push(["api-supported-versions", versions.join(", ")]);
  headers.push(["Date", new Date(wallTime).toUTCString()]);
  headers.push(["MS-CV", `${base64(nextResponseBytes()).slice(0, 22)}.0`]);
  headers.push(["Request-Context", "appId="]);
  headers.push(["X-Azure-Ref", azureReference(wallTime)]);
  headers.push(["X-Cache", "CONFIG_NOCACHE"]);
  if (requestId !== undefined && /^[\x20-\x7e]{0,256}$/.test(requestId))
    headers.push(["x-ms-client-request-id", requestId]);
  headers.push(["X-Processing-Time", `${Math.round(performance.now() - startedAt)}ms`]);
  // A header takes one short line of printable ASCII.
  const diagnosis = remarks.join("; ").replace(/[^\x20-\x7e]/g, "?");
  if (diagnosis) headers.push(["x-ms-emulator-diagnosis", diagnosis.slice(0, 2000)]);
  return headers;
}

/** Builds a reference as Azure Front Door does: time, random bytes, site name and GUID. */
function azureReference(time: number): string {
  const bytes = new Uint8Array(24);
  new DataView(bytes.buffer).setUint32(0, Math.floor(time / 1000), true);
  bytes.set(nextResponseBytes(), 8);
  return `0${base64(bytes)}${azureReferenceEnd}`;
}

const azureReferenceEnd: string = btoa("EMULATOR0000\0\0\0" + "00000000-0000-0000-0000-000000000000");

let lastResponse = 0;

/** Returns other bytes for each response. The state's seed isn't used, because a failed request must not change the next id. */
function nextResponseBytes(): Uint8Array {
  lastResponse += 1;
  return seededBytes("response", lastResponse);
}
