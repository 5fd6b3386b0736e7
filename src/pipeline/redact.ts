// The response of a server may repeat what it was sent, and errors, log lines and spans are kept longer than a request.
import type { PipelinePolicy, PipelineRequest, PipelineResponse, RestError } from "@azure/core-rest-pipeline";
import { proxyCredentialsOf } from "../shared/proxyCredentials.js";

/** The beginning of a JWT (`{"` in base64url). */
const jwt = "eyJ[\\w-]{10}";
const restOfSecret = "[\\w+/=.~%-]*";

/** Redacts everything that looks like a token. */
export function redactTokens(text: string): string {
  return redact(text, [], [jwt]);
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
  const secrets = secretsOf(request);
  const isFailure = status < 200 || status > 299;
  for (const [name, value] of headers) {
    if (isFailure || ["eyJ", ...secrets].some((start) => value.includes(start))) {
      headers.set(name, redact(value, secrets, /^www-authenticate$/i.test(name) ? [] : [jwt]));
    }
  }
  if (isFailure && bodyAsText) {
    response.bodyAsText = redact(unescapeBase64(bodyAsText), secrets, [jwt]);
  }
}

/** Returns the beginnings of the secrets that a request was sent with. */
function secretsOf(request: PipelineRequest): string[] {
  const { headers, body } = request;
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
    // The token that is exchanged.
    startOf(/"token":"([^"]+)/.exec(String(body))?.[1]),
  ].filter(Boolean);
}

function redact(text: string, secrets: readonly string[], patterns: readonly string[]): string {
  const any = secrets
    .flatMap((start) => [start, encodeURIComponent(start)])
    .map((start) => start.replace(/\W/g, "\\$&"))
    .concat(patterns)
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
