// What the page says about a request.
import type { ListedRequest, ListedRequestLine } from "../../../admin/models.js";
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

/** What a click can mend: faults that wait, an app with another key, a redirect URI that isn't allowed, or a role that is missing. */
type Remedy =
  | "faults"
  | "connection string"
  | { readonly clientId: string; readonly uri: string }
  | { readonly objectId: string };

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
  const [, objectId] = /The (?:user|application) ([\da-f-]{36}) has no role/.exec(diagnosis) ?? [];
  if (objectId !== undefined) return { objectId };
  const isSignature = diagnosis.startsWith("The signature doesn't match.");
  if (isSignature && keyFindings.some((finding) => diagnosis.includes(finding))) return "connection string";
  return diagnosis.includes("injected fault") && faults > 0 ? "faults" : undefined;
}
