// The response of a server may repeat what it was sent, and errors, log lines and spans are kept longer than a request.
import type { PipelinePolicy, PipelineRequest, PipelineResponse, RestError } from "@azure/core-rest-pipeline";
import { proxyCredentialsOf } from "#platform/pipeline/proxyCredentials";

/** The beginning of a JWT (`{"` in base64url). */
const jwt = "eyJ[\\w-]{10}";
const restOfSecret = "[\\w+/=.~%-]*";

/** Redacts everything that looks like a token. */
export function redactTokens(text: string): string {
  return text.replace(new RegExp(`${jwt}${restOfSecret}`, "g"), "REDACTED");
}

/** Redacts each response, including one whose body could not be read. */
export function redactionPolicy(): PipelinePolicy {
  return {
    name: "redactionPolicy",
    async sendRequest(request, next) {
      try {
        const response = await next(request);
        redactResponse(request, response);
        return response;
      } catch (error) {
        const { response } = (error ?? {}) as Partial<RestError>;
        if (response) redactResponse(request, response);
        throw error;
      }
    },
  };
}

/**
 * Redacts in a response the secrets of its request and everything that looks like a token: in the headers, except the
 * claims of a challenge, and in the body of a failure. The body of a success is for the caller, so it stays.
 */
export function redactResponse(request: PipelineRequest, response: PipelineResponse): void {
  const { status, headers, bodyAsText } = response;
  const credentials = credentialsOf(request);
  const isFailure = status < 200 || status > 299;
  for (const [name, value] of headers) {
    if (isFailure || credentials.some((start) => value.includes(start)) || value.includes("eyJ")) {
      const pattern = /^www-authenticate$/i.test(name) ? [] : [jwt];
      headers.set(name, redact(value, request, credentials, pattern));
    }
  }
  if (isFailure && bodyAsText) {
    response.bodyAsText = redact(unescapeBase64(bodyAsText), request, credentials, [jwt]);
  }
}

/** Returns the beginnings of the credentials that a request was sent with. */
function credentialsOf(request: PipelineRequest): string[] {
  const { headers } = request;
  // The credential follows the name of the scheme, or `Signature=`.
  const lastPart = (name: string) =>
    headers
      .get(name)
      ?.split(/ |Signature=/)
      .at(-1);
  return [
    startOf(lastPart("Authorization")),
    // Those of a proxy may be shorter.
    startOf(lastPart("Proxy-Authorization"), 4),
    startOf(proxyCredentialsOf(request), 4),
  ].filter(Boolean);
}

function redact(
  text: string,
  { body }: PipelineRequest,
  credentials: readonly string[],
  patterns: readonly string[],
): string {
  const exchanged = startOf(/"token":"([^"]+)/.exec(String(body))?.[1]);
  const any = [...credentials, exchanged]
    .flatMap((start) => [start, encodeURIComponent(start)])
    .map((start) => start.replace(/\W/g, "\\$&"))
    .concat(patterns)
    .filter(Boolean)
    .join("|");
  return any ? text.replace(new RegExp(`(?:${any})${restOfSecret}`, "g"), "REDACTED") : text;
}

/**
 * Returns enough of a secret to find it even where a text ends in the middle of it, or nothing if it's too short to be a
 * secret.
 */
function startOf(secret = "", minLength = 13): string {
  return secret.length >= minLength ? secret.slice(0, 12) : "";
}

/** JSON may escape the characters of a token, as ASP.NET does: `\u002B` for `+`. */
function unescapeBase64(text: string): string {
  return text.replace(/\\(?:u00(?:2[b-f]|3d|5f|7e)|\/)/gi, (escaped) => JSON.parse(`"${escaped}"`));
}
