import type { HttpHeaders } from "@azure/core-rest-pipeline";
import { HeaderMap } from "../headerMap.js";

/** Of these node:http keeps the first value when they come more than once. */
const singular =
  /^(?:age|authorization|content-length|content-type|etag|expires|from|host|if-(?:un)?modified-since|last-modified|location|max-forwards|proxy-authorization|referer|retry-after|server|set-cookie|user-agent)$/;

/** Headers as node:http and core read them: repeated ones are joined, or cut to their first value. */
export function readHeaders(received: Readonly<Record<string, string | string[] | undefined>>): HttpHeaders {
  const headers = new HeaderMap();
  for (const name in received) {
    const value = received[name];
    if (typeof value === "string") headers.set(name, value);
    else if (value) headers.set(name, singular.test(name) ? (value[0] ?? "") : value.join(", "));
  }
  return headers;
}
