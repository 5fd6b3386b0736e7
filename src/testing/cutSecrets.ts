import { utf8Decode } from "./wire/bytes.js";

const longestBodyInBytes = 4096;

const names =
  "assertion|authori[sz]ation|code_verifier|connection.?string|cookie|credential|device_code|key|password|secret|sig(?:nature)?|token";
const isSecretHeader = new RegExp(names, "i");
/** Matches at the end of a name only, because `createTokenWithScopes` isn't a secret. */
const isSecretMember = new RegExp(`(?:${names})s?$`, "i");

const secrets: readonly RegExp[] = [
  // A JWT or JWE, which may be shortened.
  /eyJ[\w-]{8,}(?:\.[\w-]*)*/g,
  /(?<=accesskey=)[^\s;&"]+/gi,
  /(?<=\b(?:basic|bearer)[ +]{1,4})[\w.~+/=-]{16,}/gi,
  // 32 bytes in base64 or base64url, or 64 bytes, other than the hash that a diagnosis says a body has.
  /(?<!sha256 .{0,40}(?:be|is) )(?:[A-Za-z\d+/]{86}==|[A-Za-z\d+/]{43}=|(?<![\w-])[\w-]{43}(?![\w-]))/g,
];

/**
 * Returns a copy of something that is to be logged, without whatever looks like a token or a signature and without the
 * values of what is called a secret: members, headers (in a member of a name like `headers`) and parts of a query. Leaves out
 * members that are undefined.
 * @param hash - The hash of the body, as its header has it. It stays.
 */
export function withoutSecrets(value: unknown, hash?: string, isSecret: RegExp = isSecretMember): unknown {
  if (typeof value === "string") return cutSecrets(value, hash);
  if (Array.isArray(value)) return value.map((each) => withoutSecrets(each, hash, isSecret));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.map(([name, member]) => [
      cutSecrets(name),
      // A response has an object of this name, with the token and its expiry.
      isSecret.test(name) && name !== "accessToken"
        ? cutAll(member)
        : withoutSecrets(member, hash, /headers$/i.test(name) ? isSecretHeader : isSecretMember),
    ]),
  );
}

/** Does the same as {@link withoutSecrets} for a text. */
export function cutSecrets(text: string, hash?: string): string {
  const named = text.replace(/([?&#;\n])([^?=&#;\s]*)=([^&#;\s]*)/g, (all, mark, name) =>
    isSecretMember.test(decoded(name)) || name === "code" ? `${mark}${name}=<cut>` : all,
  );
  const plain = secrets.reduce(
    (rest, secret) => rest.replace(secret, (found) => (found === hash ? found : "<cut>")),
    named,
  );
  return plain.replace(/[^\s/?&=;,"'()<>]+/g, (part) => {
    const meant = part.includes("%") ? decoded(part) : part;
    return meant !== part && secrets.some((secret) => meant.search(secret) >= 0) ? "<cut>" : part;
  });
}

/**
 * Parses a body in JSON or a form for the log. Returns undefined for an empty one, and only the size of one that is long or
 * can't be parsed.
 */
export function readableBody(body: Uint8Array, contentType: string | undefined): unknown {
  if (body.length === 0) return undefined;
  if (body.length > longestBodyInBytes) return `<${body.length} bytes>`;
  try {
    const text = utf8Decode(body);
    return contentType && isForm.test(contentType) ? membersOf(new URLSearchParams(text)) : JSON.parse(text);
  } catch {
    return `<${body.length} bytes, neither JSON nor a form>`;
  }
}

const isForm = /^application\/x-www-form-urlencoded\b/i;

/**
 * A name that stands more than once has an array. An authorization code has a name that other things have, too.
 *
 * @throws SyntaxError if a name isn't a word, as in JSON that is sent as a form, whose secrets no name would tell.
 */
function membersOf(form: URLSearchParams): object {
  const names = [...new Set(form.keys())];
  if (!names.every((name) => /^[\w.-]*$/.test(name))) throw new SyntaxError("Not a form");
  return Object.fromEntries(
    names.map((name) => {
      const values = form.getAll(name);
      return [name, name === "code" ? "<cut>" : values.length > 1 ? values : values[0]];
    }),
  );
}

/** Keeps the scheme of a header. An HMAC signature keeps the names of its signed headers. */
function cutAll(value: unknown): string {
  // Some objects can't be turned into a string.
  const text = typeof value === "string" ? value : "";
  const [, signed] = /^HMAC-SHA256 (?:.*&)?(SignedHeaders=[a-z\d;-]+)(?:&|$)/.exec(text) ?? [];
  if (signed) return `HMAC-SHA256 ${signed}&Signature=<cut>`;
  const [scheme = ""] = /^(?:Basic|Bearer|HMAC-SHA256) /i.exec(text) ?? [];
  return `${scheme}<cut>`;
}

/** Decodes percent signs, and leaves alone those that aren't well-formed. */
function decoded(text: string): string {
  return new URLSearchParams(`_=${text.replaceAll("+", "%2B")}`).get("_") ?? text;
}
