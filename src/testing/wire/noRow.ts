import type { Call } from "./call.js";
import { HttpError } from "./httpError.js";
import type { RowHead } from "./rowHead.js";

/** Returns the refusal of a call that no row takes. @param rows - Those with its path, whose methods are others. */
export function noRowError(rows: readonly RowHead[], call: Call): HttpError {
  const [path = ""] = call.request.target.split("?");
  return rows.length > 0 ? methodNotAllowed(rows, call) : notFound(path);
}

/** Names the methods that the requested version has, or all of them if there is no such version. */
function methodNotAllowed(rows: readonly RowHead[], { query, request }: Call): HttpError {
  const requested = query.get("api-version");
  const inVersion = rows.filter(({ route }) => route?.versions.some((version) => version === requested));
  const allow = (inVersion.length > 0 ? inVersion : rows).map(({ method }) => method).join(", ");
  const message = `The endpoint only accepts ${allow} requests. Received a ${request.method} request.`;
  return new HttpError(405, "MethodNotAllowed", message, { headers: [["Allow", allow]] });
}

/** The other services of an ACS resource, with how their paths start. */
const otherServices: Readonly<Record<string, readonly string[]>> = {
  Chat: ["chat"],
  Rooms: ["rooms"],
  SMS: ["sms"],
  Email: ["emails"],
  "Call Automation": ["calling"],
  "Phone Numbers": ["phoneNumbers", "availablePhoneNumbers", "operatorInformation", "sip"],
  "Job Router": ["routing"],
};

function notFound(path: string): HttpError {
  // An action follows a colon, as in `/emails:send`.
  const start = path.split(/[/:]/).find(Boolean) ?? "";
  const [service] = Object.entries(otherServices).find(([, starts]) => starts.includes(start)) ?? [];
  const doubled = path.startsWith("//")
    ? ": it starts with two slashes, because the client's endpoint ends with one. Remove that slash, or run without --strict"
    : "";
  return new HttpError(404, "NotFound", "The requested resource was not found.", {
    diagnosis: service
      ? `This is a path of ${service}, and only identity is emulated: replace the client of ${service} by a mock in tests, or use a real resource for both`
      : `No operation has this path${doubled}`,
  });
}
