import type { Exchange } from "./side.js";

/** What is compared of an answer: names of aspects and their values, in which nothing differs by accident. */
export type Facts = ReadonlyMap<string, string>;

/** Headers of the connection, of the service or the emulator alone, and those that only repeat others. */
const ignored =
  /^(?:connection|keep-alive|content-length|transfer-encoding|server|strict-transport-security|via|x-ms-emulator-.*|x-msedge-ref|alt-svc)$/;

/** The headers whose values a report or a recording may hold. Any other header may carry what belongs to somebody. */
export const harmlessHeaders: RegExp =
  /^(?:access-control-.*|accept-ranges|allow|api-(?:supported|deprecated)-versions|cache-control|content-length|content-type|date|ms-cv|request-context|retry-after|strict-transport-security|transfer-encoding|vary|x-azure-ref|x-cache|x-content-type-options|x-ms-client-request-id|x-ms-error-code|x-processing-time)$/;

const guid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/** Headers whose values are free within a form. */
const headerForms: Readonly<Record<string, RegExp>> = {
  date: /^\w{3}, \d\d \w{3} \d{4} (?:\d\d:){2}\d\d GMT$/,
  "ms-cv": /^[\w+/]{22}(?:\.\d+)+$/,
  "x-azure-ref": /^(?:0[\w+/]{20,}=*|\d{8}T\d{6}Z-\w+)$/,
  "x-processing-time": /^\d+ms$/,
  "retry-after": /^\d+$/,
};

/** The end of an aspect whose value is in seconds, of which a few may differ. */
export const afterDate = "after Date";

/** Returns the facts of an answer. Users, times and tokens count by their form. */
export function factsOf({ request, response }: Exchange): Facts {
  const facts = new Map<string, string>();
  if (!response) return facts.set("answer", "none");
  const { status, headers, text } = response;
  const { origin, host } = new URL(request.origin);
  const plain = (value: string) =>
    value.replaceAll(origin, "https://<host>").replaceAll(host, "<host>").replace(guid, "<guid>");
  facts.set("status", String(status));
  for (const [name, value] of Object.entries(headers)) {
    if (ignored.test(name)) continue;
    const isUsual =
      headerForms[name]?.test(value) ||
      (name === "x-ms-client-request-id" && value === request.headers[name]);
    const shown = harmlessHeaders.test(name) ? plain(value) : "present";
    facts.set(`header ${name}`, isUsual ? "in its usual form" : shown);
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
    const aspect = path.startsWith("error.") ? `${path}${name}` : `body ${path}${name}`;
    const text = typeof value === "string" ? value : JSON.stringify(value);
    if (name === "token") addToken(facts, text, at);
    else if (path !== "error." && typeof value === "object" && value !== null)
      addMembers(facts, value, `${path}${name}.`, at);
    else if (/(?:On|At)$/.test(name)) {
      const isUsual = /^\d{4}(?:-\d\d){2}T(?:\d\d:){2}\d\d(?:\.\d{0,6}[1-9])?\+00:00$/.test(text);
      facts.set(aspect, `a time in ${isUsual ? "its usual" : "another"} form`);
      if (name === "expiresOn") facts.set(`${aspect} ${afterDate}`, secondsAfter(at, Date.parse(text)));
    } else facts.set(aspect, text);
  }
}

function addToken(facts: Map<string, string>, token: string, at: number): void {
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) {
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
  facts.set(`token expiry ${afterDate}`, secondsAfter(at, Number(claims.exp) * 1000));
}

function namesOf(part: Readonly<Record<string, unknown>>): string {
  const names = Object.entries(part).map(([name, value]) => `${name} (${typeof value})`);
  return names.sort().join(", ");
}

function secondsAfter(start: number, end: number): string {
  return String(Math.round((end - start) / 1000));
}
