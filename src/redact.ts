// A server's own words may give back what it was sent. An error, a log line and a span live longer than a request.
import type { PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";

/** What begins like a JWT (`{"` in base64url). */
const jwt = "eyJ[\\w-]{10}";

/**
 * Cuts the secrets of a request, and what looks like a token, out of its response: out of the headers, but for the
 * claims of a challenge, and out of the body unless the answer is a success, whose body is the caller's.
 */
export function redactResponse(request: PipelineRequest, response: PipelineResponse): void {
  const { status, headers, bodyAsText } = response;
  const credential = credentialOf(request);
  const isFailure = status < 200 || status > 299;
  for (const [name, value] of headers) {
    const isSuspect = isFailure || (credential && value.includes(credential)) || value.includes("eyJ");
    if (isSuspect) {
      const pattern = /^www-authenticate$/i.test(name) ? "" : jwt;
      headers.set(name, redact(value, request, credential, pattern));
    }
  }
  if (isFailure && bodyAsText) {
    response.bodyAsText = redact(unescapeBase64(bodyAsText), request, credential, jwt);
  }
}

/** The start of the signature or the token; a text that holds it may have been cut in the middle of it. */
function credentialOf({ headers }: PipelineRequest): string {
  const value = headers.get("Authorization") ?? "";
  const signature = value.indexOf("Signature=");
  return startOf(value.slice(signature < 0 ? value.indexOf(" ") + 1 : signature + 10));
}

function redact(text: string, { body }: PipelineRequest, credential: string, pattern: string): string {
  const exchanged = typeof body === "string" ? /"token":"([^"]+)/.exec(body)?.[1] : undefined;
  const patterns = [credential, startOf(exchanged ?? "")]
    .flatMap((start) => [start, encodeURIComponent(start)])
    .map((start) => start.replace(/\W/g, "\\$&"));
  const any = [pattern, ...patterns].filter(Boolean).join("|");
  return any ? text.replace(new RegExp(`(?:${any})[\\w+/=.~%-]*`, "g"), "REDACTED") : text;
}

/** Nothing of a text that is too short for a secret. */
function startOf(secret: string): string {
  return secret.length > 12 ? secret.slice(0, 12) : "";
}

/** JSON may spell the characters of a token in another way, as ASP.NET does: `\u002B` for `+`. */
function unescapeBase64(text: string): string {
  return text.replace(/\\u00(2b|2d|2e|2f|3d|5f|7e)|\\\//gi, (_, code?: string) =>
    code ? String.fromCharCode(Number.parseInt(code, 16)) : "/",
  );
}
