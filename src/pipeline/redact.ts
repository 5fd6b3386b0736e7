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
  // Behind the name of the scheme, or of the signature.
  const authorization = request.headers.get("Authorization")?.split(/ |Signature=/);
  const credential = startOf(authorization?.at(-1));
  const isFailure = status < 200 || status > 299;
  for (const [name, value] of headers) {
    if (isFailure || (credential && value.includes(credential)) || value.includes("eyJ")) {
      const pattern = /^www-authenticate$/i.test(name) ? "" : jwt;
      headers.set(name, redact(value, request, credential, pattern));
    }
  }
  if (isFailure && bodyAsText) {
    response.bodyAsText = redact(unescapeBase64(bodyAsText), request, credential, jwt);
  }
}

function redact(text: string, { body }: PipelineRequest, credential: string, pattern: string): string {
  const exchanged = startOf(/"token":"([^"]+)/.exec(String(body))?.[1]);
  const any = [credential, exchanged]
    .flatMap((start) => [start, encodeURIComponent(start)])
    .map((start) => start.replace(/\W/g, "\\$&"))
    .concat(pattern)
    .filter(Boolean)
    .join("|");
  return any ? text.replace(new RegExp(`(?:${any})[\\w+/=.~%-]*`, "g"), "REDACTED") : text;
}

/**
 * Enough to know a secret by, since a text that holds it may have been cut in the middle of it; nothing of what is too
 * short for one.
 */
function startOf(secret = ""): string {
  return secret.length > 12 ? secret.slice(0, 12) : "";
}

/** JSON may spell the characters of a token in another way, as ASP.NET does: `\u002B` for `+`. */
function unescapeBase64(text: string): string {
  return text.replace(/\\(?:u00(?:2[b-f]|3d|5f|7e)|\/)/gi, (escaped) => JSON.parse(`"${escaped}"`));
}
