// The response of a server may repeat what it was sent, and errors, log lines and spans are kept longer than a request.
import type { PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";

/** The beginning of a JWT (`{"` in base64url). */
const jwt = "eyJ[\\w-]{10}";

/**
 * Redacts in a response the secrets of its request and everything that looks like a token: in the headers, except the
 * claims of a challenge, and in the body of a failure. The body of a success is for the caller, so it stays.
 */
export function redactResponse(request: PipelineRequest, response: PipelineResponse): void {
  const { status, headers, bodyAsText } = response;
  // The credential follows the name of the scheme, or `Signature=`.
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
 * Returns enough of a secret to find it even where a text ends in the middle of it, or nothing if it's too short to be a
 * secret.
 */
function startOf(secret = ""): string {
  return secret.length > 12 ? secret.slice(0, 12) : "";
}

/** JSON may escape the characters of a token, as ASP.NET does: `\u002B` for `+`. */
function unescapeBase64(text: string): string {
  return text.replace(/\\(?:u00(?:2[b-f]|3d|5f|7e)|\/)/gi, (escaped) => JSON.parse(`"${escaped}"`));
}
