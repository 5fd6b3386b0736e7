// Which requests the page lists. The filter looks at what people read on the screen.
import { refusalReason } from "../../../../testing/log/requestLog.js";
import type { ListedRequestLine } from "../../../admin/models.js";
import type { ListedChange } from "../emulator/emulatorView.js";
import { decoded, shortenId, shortenPath } from "../format.js";
import { methods } from "../simulate/methods.js";
import { outcomeOf, statusText, titleOf, userIdOf } from "./requests.js";

/** More isn't seen in two lines. */
const longestReason = 300;
/** What fits beside a status and a count on a phone. */
const longestLabel = 36;
/** Shorter words would be found in the middle of ids that nobody has seen. */
const shortestPartOfId = 8;

type Test = (request: ListedRequestLine) => boolean;

/** What `name:value` narrows to. The value is in lower case. */
const narrowings: Readonly<Record<string, (value: string) => Test>> = {
  // Such as 401, 4xx or dropped.
  status:
    (value) =>
    ({ status = "dropped" }) => {
      const text = `${status}`;
      return text === value || (/^\dxx$/.test(value) && text[0] === value[0]);
    },
  code:
    (value) =>
    ({ code }) =>
      code?.toLowerCase() === value,
  reason: (value) => (request) => causeOf(request) === value,
  method: (value) => {
    const isWhole = methods.some((method) => method.toLowerCase() === value);
    return ({ operation = "", method }) =>
      method.toLowerCase() === value ||
      (isWhole ? operation.toLowerCase() === value : operation.toLowerCase().startsWith(value));
  },
  user: (value) => (request) => {
    const id = userIdOf(request)?.toLowerCase() ?? "";
    return (
      request.customId?.toLowerCase().includes(value) || id === value || id.endsWith(value.replace("…", ""))
    );
  },
};

/** Returns whether a request has each word of the filter. */
export function finds(filter: string): Test {
  const tests = filter.toLowerCase().split(/\s+/).filter(Boolean).map(testOf);
  return (request) => tests.every((test) => test(request));
}

function testOf(word: string): Test {
  const [, name = "", value = ""] = /^(\w+):(.+)$/.exec(word) ?? [];
  const narrowing = Object.hasOwn(narrowings, name) ? narrowings[name] : undefined;
  if (narrowing) return narrowing(value);
  // A status is no part of an id or of a longer number.
  if (/^\d+$/.test(word)) return (request) => hasWhole(wordsOf(request).text, word);
  return (request) => {
    const { text, ids } = wordsOf(request);
    return text.includes(word) || (word.length >= shortestPartOfId && ids.includes(word));
  };
}

function hasWhole(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const around = `${text[at - 1] ?? ""}${text[at + word.length] ?? ""}`;
    if (!/[\da-z]/.test(around)) return true;
  }
  return false;
}

interface Words {
  /** What the row of a request shows, in lower case. */
  readonly text: string;
  readonly ids: string;
}

const known = new WeakMap<ListedRequestLine, Words>();

function wordsOf(request: ListedRequestLine): Words {
  let words = known.get(request);
  if (!words) {
    words = { text: textOf(request), ids: idsOf(request) };
    known.set(request, words);
  }
  return words;
}

const requestsPerTask = 500;

/**
 * Prepares the requests for the filter before somebody types, in short tasks.
 * @returns what ends it.
 */
export function prepareFilter(requests: readonly ListedRequestLine[]): () => void {
  let next = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const prepare = () => {
    for (const request of requests.slice(next, next + requestsPerTask)) wordsOf(request);
    next += requestsPerTask;
    timer = next < requests.length ? setTimeout(prepare) : undefined;
  };
  timer = setTimeout(prepare);
  return () => clearTimeout(timer);
}

function textOf(request: ListedRequestLine): string {
  const { customId = "", isFromDoctor, method, target } = request;
  const id = userIdOf(request);
  const shown = [
    titleOf(request),
    method,
    decoded(shortenPath(target)),
    statusText(request),
    customId || (id && shortenId(id)),
    isFromDoctor && "doctor",
    reasonOf(request),
  ];
  return shown.filter(Boolean).join(" ").toLowerCase();
}

function idsOf(request: ListedRequestLine): string {
  return `${request.target} ${decoded(request.target)} ${userIdOf(request)}`.toLowerCase();
}

/** Returns what the list says about why a request failed. */
export function reasonOf(request: ListedRequestLine): string | undefined {
  return outcomeOf(request) === "expected" ? undefined : refusalReason(request)?.slice(0, longestReason);
}

/** A kind of failure, and how often there was one. */
export interface FailureKind {
  readonly text: string;
  readonly count: number;
  /** What to filter for. */
  readonly filter: string;
}

/** Returns the kinds of failures. A new one comes last, so that none moves under the pointer. */
export function failureKinds(requests: readonly ListedRequestLine[]): FailureKind[] {
  const kinds = new Map<string, FailureKind>();
  for (const request of requests.toReversed()) {
    if (outcomeOf(request) !== "failure") continue;
    const { status = "dropped", code } = request;
    const cause = causeOf(request);
    const filter = `status:${status}${code ? ` code:${code}` : ""}${cause && ` reason:${cause}`}`;
    const known = kinds.get(filter);
    const text = cause ? `${status} ${cutAt(sentenceOf(request), longestLabel)}` : statusText(request);
    kinds.set(filter, { text: known?.text ?? text, filter, count: (known?.count ?? 0) + 1 });
  }
  return [...kinds.values()];
}

/** Returns the first sentence of why a request failed. */
function sentenceOf(request: ListedRequestLine): string {
  const [sentence = ""] = (reasonOf(request) ?? "").split(/[.:;](?:\s|$)/, 1);
  return sentence;
}

/** The same in plain words without blanks, so that requests with other ids and numbers have the same cause. */
function causeOf(request: ListedRequestLine): string {
  const words = sentenceOf(request)
    .toLowerCase()
    .split(/[\s,]+/);
  return words.filter((word) => /^[a-z'-]+$/.test(word)).join("-");
}

function cutAt(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
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
  const isFound = finds(filter);
  const found = requests.filter(
    (request) => (!onlyFailures || outcomeOf(request) === "failure") && isFound(request),
  );
  const own = onlyFailures ? [] : changes.filter(({ text }) => containsEach(text, filter));
  const rows: Row[] = [];
  let next = 0;
  for (const request of found) {
    for (; (own[next]?.after ?? -1) >= request.number; next++) rows.push(own[next] as ListedChange);
    rows.push(request);
  }
  return [...rows, ...own.slice(next)];
}

export function emptyText(onlyFailures: boolean, filter: string): string {
  if (filter !== "") return `No ${onlyFailures ? "failed " : ""}request matches “${filter}”.`;
  if (onlyFailures) return "No request has failed.";
  return "No requests yet. Start your app with the connection string of this page: each request appears here at once.";
}

function containsEach(text: string, filter: string): boolean {
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.toLowerCase().includes(word));
}
