// What the page says about a request.
import type { ListedRequest, ListedRequestLine } from "../../admin/models.js";
import { decoded, shortenPath } from "./format.js";

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

/** Whether the request's operation, method, path, user id and status contain each word of the filter. */
export function matches(request: ListedRequestLine, filter: string): boolean {
  const { method, target, operation = "", userId = "" } = request;
  return containsEach(
    [operation, method, target, decoded(target), userId, statusText(request)].join(" "),
    filter,
  );
}

export function containsEach(text: string, filter: string): boolean {
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.toLowerCase().includes(word));
}
