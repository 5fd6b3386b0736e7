// What the page says about a request, and which ones it lists.
import type { ListedRequest, ListedRequestLine } from "../../../admin/models.js";
import { type ListedChange, requestsPerPage } from "../emulator/emulatorView.js";
import { decoded, shortenPath } from "../format.js";

type AnyRequest = ListedRequest | ListedRequestLine;

/** What the doctor sends is expected to be refused. */
export function outcomeOf(request: AnyRequest): "success" | "failure" | "expected" {
  const { status, isFromDoctor } = request;
  if (status !== undefined && status < 400) return "success";
  return isFromDoctor ? "expected" : "failure";
}

export function statusText({ status, code }: AnyRequest): string {
  if (status === undefined) return "dropped";
  return code ? `${status} ${code}` : String(status);
}

/** Names what was asked for: `createUser`, or a method and a path that no operation has. */
export function titleOf({ method, operation, target }: AnyRequest): string {
  return operation ?? `${method} ${shortenPath(target)}`;
}

/** Returns the id of the user that the request is about, from its path or the response. */
export function userIdOf({ operation, target, userId }: AnyRequest): string | undefined {
  const [, id] = (operation && /^\/+identities\/([^/:?][^/?]*)/.exec(target)) || [];
  return id === undefined ? userId : decoded(id);
}

/** W3C Trace Context: version, trace id, span id, flags. */
const traceParent = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}/;

/** Returns the ids in `traceparent`, for finding the request in a tracing system. */
export function traceOf({ headers }: ListedRequest): { traceId?: string; spanId?: string } {
  const [, traceId, spanId] = traceParent.exec(headers.traceparent ?? "") ?? [];
  return traceId === undefined || spanId === undefined ? {} : { traceId, spanId };
}

/** What a click can mend: faults that wait, an app with another key, or a redirect URI that isn't allowed. */
type Remedy = "faults" | "connection string" | { readonly clientId: string; readonly uri: string };

/** What the diagnosis of a signature says if the key is the cause. A changed body or host breaks a signature, too. */
const keyFindings = [
  "its key is different",
  "access key isn't that of",
  "access key from before",
  "the well-known access key",
];

/** @param faults - How many faults wait. */
export function remedyOf(request: AnyRequest, faults: number): Remedy | undefined {
  const { diagnosis = "", message = "", target } = request;
  if (message.startsWith("AADSTS50011:")) {
    const query = new URL(target, location.origin).searchParams;
    return { clientId: query.get("client_id") ?? "", uri: query.get("redirect_uri") ?? "" };
  }
  const isSignature = diagnosis.startsWith("The signature doesn't match.");
  if (isSignature && keyFindings.some((finding) => diagnosis.includes(finding))) return "connection string";
  return diagnosis.includes("injected fault") && faults > 0 ? "faults" : undefined;
}

export type Row = ListedRequestLine | ListedChange;

export function isRequest(row: Row): row is ListedRequestLine {
  return "number" in row;
}

/** Includes the time, because the numbers restart when the emulator does. */
export function keyOf(row: Row): string {
  return `${isRequest(row) ? row.number : row.text} ${row.time}`;
}

/** Returns the requests to list, newest first, each below the changes that were made when it was the newest one. */
export function rowsOf(
  requests: readonly ListedRequestLine[],
  changes: readonly ListedChange[],
  onlyFailures: boolean,
  filter: string,
): Row[] {
  const found = requests
    .filter((request) => (!onlyFailures || outcomeOf(request) === "failure") && matches(request, filter))
    .slice(0, requestsPerPage);
  const own = onlyFailures ? [] : changes.filter(({ text }) => containsEach(text, filter));
  const rows: Row[] = [];
  let next = 0;
  for (const request of found) {
    for (; (own[next]?.after ?? -1) >= request.number; next++) rows.push(own[next] as ListedChange);
    rows.push(request);
  }
  // Those before the oldest request that is listed wait for it to be listed, unless there is none.
  return found.length < requestsPerPage ? [...rows, ...own.slice(next)] : rows;
}

export function emptyText(onlyFailures: boolean, filter: string): string {
  if (filter !== "") return `No ${onlyFailures ? "failed " : ""}request matches “${filter}”.`;
  if (onlyFailures) return "No request has failed.";
  return "No requests yet. Start your app with the connection string above: each request appears here at once.";
}

/** Whether the request's operation, method, path, user id and status contain each word of the filter. */
function matches(request: ListedRequestLine, filter: string): boolean {
  const { method, target, operation = "", userId = "" } = request;
  return containsEach(
    [operation, method, target, decoded(target), userId, statusText(request)].join(" "),
    filter,
  );
}

function containsEach(text: string, filter: string): boolean {
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.toLowerCase().includes(word));
}
