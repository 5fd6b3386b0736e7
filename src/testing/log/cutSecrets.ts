// What is cut out of the log is told by its name or by the form of a JWT, and by nothing else: whatever a program sends under
// another name is its developer's own data. JWTs that the well-known keys verify are nobody's secrets, so they stay.
import { decryptJwt } from "../jwt/encryption.js";
import { readClaims, readJwt } from "../jwt/jwt.js";
import { isSignedHere } from "../jwt/signingKey.js";

const names =
  "assertion|authori[sz]ation|bearer|code_?(?:challenge|verifier)|connection.?string|cookie|credential|(?:device|user)_?code|identity.header|jwt|key|pass(?:code|phrase|w(?:or)?d)|pwd|secret(?:_?value)?|session_?id|sig(?:nature)?|token(?:_hint)?";
/** For names in lower case. */
export const isSecretHeader: RegExp = new RegExp(names);
/** Matches at the end of a name only, because `createTokenWithScopes` isn't a secret. */
export const isSecretMember: RegExp = new RegExp(`(?:${names})s?$`, "i");
/** An authorization code has a name that errors have, too, but no parameter of the service. */
export const isSecretParameter: RegExp = new RegExp(`^code$|${isSecretMember.source}`, "i");

/** The JWTs that stay. */
export type PublicTokens = ReadonlySet<string>;

/** Returns the JWTs in texts that the well-known keys verify. */
export async function publicTokensIn(texts: readonly string[]): Promise<PublicTokens> {
  const found = new Set<string>();
  for (const text of texts) replaceJwts(text, (token) => String(found.add(token)));
  for (const token of found) {
    const jwt = readJwt((await decryptJwt(token)) ?? token);
    if (!jwt || !(await isSignedHere(jwt))) found.delete(token);
  }
  return found;
}

/** Cuts the JWTs of a text, and the values of parameters in an address, a form or a connection string. */
export function cutText(text: string, known: PublicTokens = new Set()): string {
  const rest = text
    .split(/([?&#;\n]|%(?:3[bf]|2[36]|0a))/i)
    .map((part, index) => (index > 0 ? cutParameter(part, known) : part))
    .join("")
    .replace(/(accesskey=)[^\s;&"]+/gi, "$1<cut>");
  return replaceJwts(rest, (token) => (known.has(token) ? token : "<cut>"));
}

/** Cuts the value of a parameter, which may be percent-encoded as a whole. */
export function cutParameter(part: string, known: PublicTokens): string {
  const [name = "", equals = "", ...rest] = part.split(/(=|%3d)/i);
  const value = rest.join("");
  return equals && isSecretParameter.test(decoded(name)) && !known.has(value)
    ? `${name}${equals}<cut>`
    : part;
}

/** Cuts a header by its name. Its scheme stays, and an HMAC signature keeps the names of its signed headers. */
export function cutHeader(name: string, value: string, known: PublicTokens): string {
  if (!isSecretHeader.test(name)) return cutText(value, known);
  const [, signed] = /^HMAC-SHA256 (?:.*&)?(SignedHeaders=[a-z\d;-]+)(?:&|$)/.exec(value) ?? [];
  if (signed) return `HMAC-SHA256 ${signed}&Signature=<cut>`;
  const [scheme = ""] = /^(?:Basic|Bearer|HMAC-SHA256) /i.exec(value) ?? [];
  return known.has(value.slice(scheme.length)) ? value : `${scheme}<cut>`;
}

/** Replaces what begins as a JWT or a JWE does, with a header and a point, even if it was shortened. */
function replaceJwts(text: string, replace: (token: string) => string): string {
  return text.replace(/[\w-]+(?:\.[\w-]*)*/g, (run) => {
    let start = 0;
    for (const part of run.split(".").slice(0, -1)) {
      const at = part.indexOf("eyJ");
      if (at >= 0 && readClaims(part.slice(at))) {
        // A point at the end may be the sentence's.
        const token = run.slice(start + at).replace(/\.$/, "");
        return run.slice(0, start + at) + replace(token) + run.slice(start + at + token.length);
      }
      start += part.length + 1;
    }
    return run;
  });
}

/** Decodes percent signs, and leaves alone those that aren't well-formed. */
function decoded(text: string): string {
  return new URLSearchParams(`_=${text.replaceAll("+", "%2B")}`).get("_") ?? text;
}
