// The response of a server may repeat what it was sent, and errors, log lines and spans are kept longer than a request.
import type { PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import { proxyCredentialsOf } from "../shared/proxyCredentials.js";

/** The beginning of a JWT (`{"` in base64url). */
const jwt = "eyJ[\\w-]{10}";
/**
 * JSON may escape a character of a credential (`\u002B` for `+` in ASP.NET, `\/` in PHP). JSON in JSON does so with up to
 * three backslashes, and once more with seven. Without this limit, a long run of backslashes would take quadratic time.
 */
const backslashes = "\\\\{1,7}";
const escaped = `${backslashes}(?:/|u00(?:2[BbFf]|3[Dd]))`;
/** What may follow the beginning of a credential. */
const rest = `[\\w+/=.~%-]*(?:${escaped}[\\w+/=.~%-]*)*`;

/** The credentials of the proxy that a request went through: only the transport's copy of it has an agent. */
export const sentToProxy: WeakMap<PipelineRequest, string> = new WeakMap();

/** Redacts everything that looks like a token, and the credentials that a request is sent with. */
export function redact(text: string, request?: PipelineRequest): string {
  return redactAll(text, [...(request ? credentialPatterns(request) : []), jwt]);
}

/** Returns what a message shows of a response: one line of printable ASCII, without the credentials that the request had. */
export function safeExcerpt(text: string, request: PipelineRequest, maxLength: number): string {
  return redact(text, request)
    .replace(/[^\x20-\x7e]/g, "?")
    .slice(0, maxLength);
}

/**
 * Removes the credentials of a failed call, whose error keeps its requests and its response. In a response that is
 * everything that looks like a token, except the claims of a challenge, and whatever the requests were sent with.
 */
export function removeCredentials(requests: Iterable<PipelineRequest>, response?: PipelineResponse): void {
  const credentials = [...requests].flatMap(credentialPatterns);
  if (response) {
    for (const [name, value] of response.headers) {
      const isChallenge = /^www-authenticate$/i.test(name);
      response.headers.set(name, redactAll(value, isChallenge ? credentials : [...credentials, jwt]));
    }
    if (response.bodyAsText) response.bodyAsText = redactAll(response.bodyAsText, [...credentials, jwt]);
  }
  for (const request of requests) {
    request.headers.delete("Authorization");
    request.headers.delete("Proxy-Authorization");
    Object.assign(request, { body: undefined, tlsSettings: undefined, agent: undefined });
  }
}

function redactAll(text: string, patterns: readonly string[]): string {
  if (patterns.length === 0) return text;
  return text.replace(new RegExp(`(?:${patterns.join("|")})${rest}`, "g"), "REDACTED");
}

/** Returns patterns of the credentials that a request is sent with. */
function credentialPatterns(request: PipelineRequest): string[] {
  const { headers, body } = request;
  // The credential follows the name of the scheme, or `Signature=`.
  const lastPart = (name: string) => (headers.get(name) ?? "").split(/ |Signature=/).at(-1);
  return [
    startPattern(lastPart("Authorization")),
    // A proxy's credentials may be shorter than a token or a signature.
    startPattern(lastPart("Proxy-Authorization"), 4),
    startPattern(sentToProxy.get(request) ?? proxyCredentialsOf(request), 4),
    // The token that is exchanged.
    startPattern(/"token":"([^"]+)/.exec(String(body))?.[1]),
  ].filter(Boolean);
}

/** Returns enough of a credential to find it where a text ends in the middle of it, or nothing if it's too short for one. */
function startPattern(credential = "", minLength = 13): string {
  return credential.length < minLength ? "" : credential.slice(0, 12).replace(/\W/g, encodedOrNot);
}

/** Matches a character as it is, escaped as in JSON, and percent-encoded, be it more than once. */
function encodedOrNot(character: string): string {
  const lower = character.charCodeAt(0).toString(16);
  const code = `(?:${lower}|${lower.toUpperCase()})`;
  return `(?:\\${character}|${backslashes}(?:\\${character}|u00${code})|%(?:25){0,7}${code})`;
}
