import type { IncomingHttpHeaders } from "node:http";
import { createHttpHeaders, type HttpHeaders } from "@azure/core-rest-pipeline";

/** Of these headers, node:http or core keeps only the first value. The values of others are joined. */
const singular =
  /^(?:age|authorization|content-length|content-type|etag|expires|from|host|if-(?:un)?modified-since|last-modified|location|max-forwards|proxy-authorization|referer|retry-after|server|set-cookie|user-agent)$/;

export function readHeaders(received: IncomingHttpHeaders): HttpHeaders {
  const headers = createHttpHeaders();
  for (const [name, value = ""] of Object.entries(received)) {
    const values = typeof value === "string" ? [value] : value;
    headers.set(name, singular.test(name) ? (values[0] ?? "") : values.join(", "));
  }
  return headers;
}
