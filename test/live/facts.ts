import type { Exchange } from "./side.js";

/** What is compared of an answer: names of aspects and their values, in which nothing differs by accident. */
export type Facts = ReadonlyMap<string, string>;

/** Headers of the connection, of the emulator alone, and those that only repeat others. */
const ignored =
  /^(?:connection|keep-alive|content-length|transfer-encoding|server|via|x-ms-emulator-.*|x-msedge-ref|alt-svc)$/;

const guid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const jwt = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Headers whose values are free within a form. */
const headerForms: Readonly<Record<string, RegExp>> = {
  date: /^\w{3}, \d\d \w{3} \d{4} (?:\d\d:){2}\d\d GMT$/,
  "ms-cv": /^[\w+/]{22}(?:\.\d+)+$/,
  "x-azure-ref": /^(?:0[\w+/]{20,}=*|\d{8}T\d{6}Z-\w+)$/,
  "x-processing-time": /^\d+ms$/,
  "retry-after": /^\d+$/,
};

/** Returns the facts of an answer. Users, times and tokens count by their form. */
export function factsOf({ request, response }: Exchange): Facts {
  const facts = new Map<string, string>();
  if (!response) return facts.set("answer", "none");
  const { status, headers, text } = response;
  const { origin, host } = new URL(request.origin);
  const plain = (value: string) =>
    withoutIds(value.replaceAll(origin, "https://<host>").replaceAll(host, "<host>"));
  facts.set("status", String(status));
  for (const [name, value] of Object.entries(headers)) {
    if (ignored.test(name)) continue;
    const form = headerForms[name];
    const isRequestId = name === "x-ms-client-request-id" && value === request.headers[name];
    facts.set(`header ${name}`, isRequestId || form?.test(value) ? "in its usual form" : plain(value));
  }
  const at = Date.parse(headers.date ?? "") || Date.now();
  if (text === "") return facts.set("body", "empty");
  try {
    addMembers(facts, JSON.parse(plain(text)), "", at);
    facts.set("body", "JSON");
  } catch {
    facts.set("body", "not JSON");
  }
  return facts;
}

/** Returns only the fact of the status. */
export function statusOf(facts: Facts): Facts {
  return new Map([...facts].filter(([aspect]) => aspect === "status" || aspect === "answer"));
}

function addMembers(facts: Map<string, string>, body: object, path: string, at: number): void {
  for (const [name, value] of Object.entries(body)) {
    const place = `${path}${name}`;
    if (name === "token" && typeof value === "string") addToken(facts, value, at);
    else if (place.startsWith("error."))
      facts.set(place, typeof value === "string" ? value : JSON.stringify(value));
    else if (typeof value === "object" && value !== null) addMembers(facts, value, `${place}.`, at);
    else facts.set(`body ${place}`, formOf(value, name, at));
  }
}

function formOf(value: unknown, name: string, at: number): string {
  if (typeof value !== "string") return JSON.stringify(value);
  if (/(?:On|At)$/.test(name)) {
    const inForm = /^\d{4}(?:-\d\d){2}T(?:\d\d:){2}\d\d(?:\.\d{0,6}[1-9])?\+00:00$/.test(value);
    const time = name === "expiresOn" ? `, ${secondsAfter(at, Date.parse(value))} seconds after Date` : "";
    return `${inForm ? "a time in its usual form" : "a time in another form"}${time}`;
  }
  return value;
}

function addToken(facts: Map<string, string>, token: string, at: number): void {
  if (!jwt.test(token)) {
    facts.set("token", token === "" ? "empty" : "can't be decoded");
    return;
  }
  const [header = {}, claims = {}] = token
    .split(".", 2)
    .map((part): Record<string, unknown> => JSON.parse(Buffer.from(part, "base64url").toString()));
  facts.set("token", "can be decoded");
  facts.set("token header", namesOf(header));
  facts.set("token claims", namesOf(claims));
  facts.set("token scopes", String(claims.acsScope));
  facts.set("token lifetime", `${secondsAfter(at, Number(claims.exp) * 1000)} seconds after Date`);
}

function namesOf(part: Readonly<Record<string, unknown>>): string {
  return Object.entries(part)
    .map(([name, value]) => `${name} (${typeof value})`)
    .sort()
    .join(", ");
}

function secondsAfter(start: number, end: number): number {
  return Math.round((end - start) / 1000);
}

const lifetime = /(-?\d+) seconds after Date$/;

/** Whether two values of an aspect are the same. `Date` has no fractions of a second, and both sides take time. */
export function isSame(one: string, two: string): boolean {
  const [seconds, others] = [lifetime.exec(one), lifetime.exec(two)];
  if (!seconds || !others || seconds.index !== others.index) return one === two;
  return Math.abs(Number(seconds[1]) - Number(others[1])) <= 30;
}

/** A value for people. */
export function shown(value: string): string {
  return value.replace(lifetime, (_, seconds) => `${Math.round(Number(seconds) / 60)} minutes after Date`);
}

/** What an id is doesn't matter, only where it is. */
function withoutIds(text: string): string {
  return text.replace(guid, "<guid>");
}
