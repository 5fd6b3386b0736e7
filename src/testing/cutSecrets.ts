import { utf8Decode } from "./wire/bytes.js";

const longestBodyInBytes = 4096;

const secrets =
  "authori[sz]ation|connection.?string|cookie|credential|key|password|secret|sig(?:nature)?|token";
const isSecretHeader = new RegExp(secrets, "i");
/** Matches at the end of a name only, because `createTokenWithScopes` isn't a secret. */
const isSecretMember = new RegExp(`(?:${secrets})s?$`, "i");
/** Matches a JWT or a connection string, which is cut under any name. */
const isSecretText = /^ey[\w-]+\.[\w-]*\.|accesskey=/i;

/** Cuts the secrets out of a header's value. An HMAC signature keeps the names of its signed headers. */
export function cutHeader(name: string, value: string): string {
  if (!isSecretHeader.test(name) && !isSecretText.test(value)) return value;
  const [, signed] = /^HMAC-SHA256 (?:.*&)?(SignedHeaders=[a-z\d;-]+)(?:&|$)/.exec(value) ?? [];
  if (signed) return `HMAC-SHA256 ${signed}&Signature=<cut>`;
  return value.replace(
    /^(?:(Basic|Bearer|HMAC-SHA256) )?.*$/is,
    (_, scheme) => `${scheme ? `${scheme} ` : ""}<cut>`,
  );
}

/** Cuts the secrets out of the query of a request target, or of a text that contains one. */
export function cutQuery(text: string): string {
  return text.replace(/([?&])([^?=&\s]*)=([^&\s]*)/g, (all, mark, name, value) => {
    const [[plainName = "", plainValue = ""] = []] = new URLSearchParams(`${name}=${value}`);
    return isSecretMember.test(plainName) || isSecretText.test(plainValue) ? `${mark}${name}=<cut>` : all;
  });
}

/**
 * Parses a JSON body and cuts out its secrets. Returns undefined for an empty body, and only the size of
 * one that isn't JSON or is longer than 4096 bytes.
 */
export function cutBody(body: Uint8Array): unknown {
  if (body.length === 0) return undefined;
  if (body.length > longestBodyInBytes) return `<${body.length} bytes>`;
  try {
    return JSON.parse(utf8Decode(body), (name, value: unknown) =>
      isSecretMember.test(name) || (typeof value === "string" && isSecretText.test(value)) ? "<cut>" : value,
    );
  } catch {
    return `<${body.length} bytes, not JSON>`;
  }
}
