// A server's own words may give back what it was sent. An error, a log line and a span live longer than a request.
import type { PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";

/** What begins like a JWT (`{"` in base64url). */
const jwt = "eyJ[\\w-]{10}";
/** Of a secret, since a text that holds it may have been cut in the middle of it. */
const startLength = 12;

/**
 * Cuts the secrets of a request, and what looks like a token, out of its response: out of the headers, but for the
 * claims of a challenge, and out of the body unless the answer is a success, whose body is the caller's.
 */
export function redactResponse(request: PipelineRequest, response: PipelineResponse): void {
  const { status, headers, bodyAsText } = response;
  const starts = secretsOf(request).flatMap((secret) => {
    const start = secret.slice(0, startLength);
    return [start, encodeURIComponent(start)];
  });
  for (const [name, value] of headers) {
    const mayHoldToken = value.includes("eyJ") && !/^www-authenticate$/i.test(name);
    if (mayHoldToken) headers.set(name, redact(value, starts, jwt));
    else if (starts.some((start) => value.includes(start))) headers.set(name, redact(value, starts));
  }
  if (bodyAsText && (status < 200 || status > 299)) {
    response.bodyAsText = redact(unescapeBase64(bodyAsText), starts, jwt);
  }
}

/** The signature or the token of `Authorization`, and the token that an exchange sends. */
function secretsOf({ headers, body }: PipelineRequest): string[] {
  const secrets = [
    headers
      .get("Authorization")
      ?.split(/ |Signature=/)
      .at(-1),
    typeof body === "string" ? /"token":"([^"]+)/.exec(body)?.[1] : undefined,
  ];
  return secrets.filter((secret) => secret !== undefined && secret.length > startLength) as string[];
}

function redact(text: string, starts: readonly string[], ...patterns: string[]): string {
  const any = [...starts.map((start) => start.replace(/\W/g, "\\$&")), ...patterns].join("|");
  return any ? text.replace(new RegExp(`(?:${any})[\\w+/=.~%-]*`, "g"), "REDACTED") : text;
}

/** JSON may spell the characters of a token in another way, as ASP.NET does: `\u002B` for `+`. */
function unescapeBase64(text: string): string {
  return text.replace(/\\u00(2b|2d|2e|2f|3d|5f|7e)|\\\//gi, (_, code?: string) =>
    code ? String.fromCharCode(Number.parseInt(code, 16)) : "/",
  );
}
