import { utf8Decode } from "./wire/bytes.js";

const longestBodyInBytes = 4096;

const secrets =
  "authori[sz]ation|connection.?string|cookie|credential|key|password|secret|sig(?:nature)?|token";
const isSecretHeader = new RegExp(secrets, "i");
/** At the end of a name, for `createTokenWithScopes` is none. */
const isSecretMember = new RegExp(`(?:${secrets})s?$`, "i");
/** A JWT or a connection string, whatever its name is. */
const isSecretText = /^ey[\w-]+\.[\w-]+\.|accesskey=/i;

/** The value of a header without its secrets: of a signature, the names of the signed headers are left. */
export function cutHeader(name: string, value: string): string {
  if (!isSecretHeader.test(name)) return value;
  const [, signed] = /^HMAC-SHA256 (?:.*&)?(SignedHeaders=[a-z\d;-]+)(?:&|$)/.exec(value) ?? [];
  if (signed) return `HMAC-SHA256 ${signed}&Signature=<cut>`;
  return value.replace(
    /^(?:(Basic|Bearer|HMAC-SHA256) )?.*$/is,
    (_, scheme) => `${scheme ? `${scheme} ` : ""}<cut>`,
  );
}

/** A target, or a text with one in it, without the secrets of its query. */
export function cutQuery(text: string): string {
  return text.replace(/([?&])([^=&\s]*)=([^&\s]*)/g, (all, mark, name, value) => {
    const [[plainName = "", plainValue = ""] = []] = new URLSearchParams(`${name}=${value}`);
    return isSecretMember.test(plainName) || isSecretText.test(plainValue) ? `${mark}${name}=<cut>` : all;
  });
}

/** A JSON body without its secrets. Undefined when there is none. */
export function cutBody(body: Uint8Array): unknown {
  if (body.length === 0) return undefined;
  if (body.length > longestBodyInBytes) return `<${body.length} bytes>`;
  try {
    return JSON.parse(utf8Decode(body), (name, value: unknown) =>
      isSecretMember.test(name) || (typeof value === "string" && isSecretText.test(value)) ? "<cut>" : value,
    );
  } catch {
    return `<${body.length} bytes, no JSON>`;
  }
}
