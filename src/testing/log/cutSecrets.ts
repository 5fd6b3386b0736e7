const names =
  "assertion|authori[sz]ation|bearer|code_?(?:challenge|verifier)|connection.?string|cookie|credential|(?:device|user)_?code|identity.header|jwt|key|pass(?:code|phrase|w(?:or)?d)|pwd|secret(?:_?value)?|session_?id|sig(?:nature)?|token(?:_hint)?";
export const isSecretHeader: RegExp = new RegExp(names, "i");
/** Matches at the end of a name only, because `createTokenWithScopes` isn't a secret. */
export const isSecretMember: RegExp = new RegExp(`(?:${names})s?$`, "i");
/** An authorization code has a name that errors have, too, but no request of the service. */
export const isSecretParameter: RegExp = new RegExp(`^code$|${isSecretMember.source}`, "i");

/** What looks like a secret, and how to tell by a whole match. Each pattern takes a run of characters from its start. */
const secrets: readonly (readonly [RegExp, (found: string) => boolean])[] = [
  // A JWT or JWE, which may be shortened.
  [/eyJ[\w-]{8,}(?:\.[\w-]*)*/g, () => true],
  // A client secret as Entra ID makes them.
  [/[\w.~-]{3}\dQ~[\w.~-]{31,34}/g, () => true],
  // 48 bytes or more in base64: a run with digits, capitals and small letters, so no word and no hexadecimal number. A run
  // after a percent sign is percent-encoded text.
  [
    /%?[A-Za-z\d+/]+={0,2}/g,
    (found) =>
      found.replace(/={1,2}$/, "").length >= 64 &&
      !found.startsWith("%") &&
      [/\d/, /[A-Z]/, /[a-z]/].every((kind) => kind.test(found)),
  ],
  // 16 or 32 bytes in base64, with their padding.
  [
    /[A-Za-z\d+/]+={0,2}/g,
    (found) => (found.length >= 24 && found.endsWith("==")) || (found.length >= 44 && found.endsWith("=")),
  ],
  // 32 bytes in base64url.
  [/[\w-]+/g, ({ length }) => length === 43],
];
/** Matches the words of a diagnosis that come before a body's hash, which isn't secret and stays. */
const hashOfBody = /sha256 .{0,40}(?:be|is) $/;

/** What is cut or kept although it neither looks like a secret nor is called one. */
export interface KnownTexts {
  /** The hash of the body, as its header has it. It stays. */
  readonly hash?: string | undefined;
  /** The service's own secrets, without padding. */
  readonly secrets?: readonly string[];
}

/**
 * Returns a copy of something that is to be logged, without whatever looks like a token or a signature and without the
 * values of what is called a secret: members, headers (in a member of a name like `headers`) and parts of a query. Leaves out
 * members that are undefined.
 */
export function withoutSecrets(
  value: unknown,
  known: KnownTexts,
  isSecret: RegExp = isSecretMember,
): unknown {
  if (typeof value === "string") return cutSecrets(value, known);
  if (Array.isArray(value)) return value.map((each) => withoutSecrets(each, known, isSecret));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.map(([name, member]) => [
      cutSecrets(name, known),
      isCutMember(name, isSecret) ? cutAll(member) : withoutSecrets(member, known, namesIn(name)),
    ]),
  );
}

/** Whether a member's whole value is cut out. A response has an `accessToken` with the token and its expiry. */
export function isCutMember(name: string, isSecret: RegExp): boolean {
  return isSecret.test(name) && name !== "accessToken";
}

/** Returns what matches the names of secrets in the value of a member. */
export function namesIn(member: string): RegExp {
  if (/headers$/i.test(member)) return isSecretHeader;
  return member === "body" ? isSecretParameter : isSecretMember;
}

/** Does the same as {@link withoutSecrets} for a text. */
export function cutSecrets(text: string, known: KnownTexts): string {
  const named = text.replace(/([?&#;\n])([^?=&#;\s]*)=([^&#;\s]*)/g, (all, mark, name) =>
    isSecretParameter.test(decoded(name)) ? `${mark}${name}=<cut>` : all,
  );
  return cutPlain(named, known).replace(/[^\s/?&=;,"'()<>]+/g, (part) => {
    const meant = decoded(part);
    return meant !== part && cutPlain(meant, known) !== meant ? "<cut>" : part;
  });
}

function cutPlain(text: string, { hash, secrets: own = [] }: KnownTexts): string {
  // Some patterns match a hash without its padding.
  const hashes = [hash, hash?.replace("=", "")];
  const others = own.reduce((given, secret) => given.replaceAll(secret, "<cut>"), text);
  const rest = others
    .replace(/(accesskey=)[^\s;&"]+/gi, "$1<cut>")
    .replace(/(enter the code )\w+/g, "$1<cut>")
    .replace(/(\b(?:basic|bearer)[ +]{1,4})([\w.~+/=-]+)/gi, (all, scheme: string, credential: string) =>
      credential.length < 16 ? all : `${scheme}<cut>`,
    );
  return secrets.reduce(
    (given, [pattern, isSecret]) =>
      given.replace(pattern, (found, at: number, all: string) => {
        if (!isSecret(found) || hashes.includes(found)) return found;
        return hashOfBody.test(all.slice(Math.max(0, at - 60), at)) ? found : "<cut>";
      }),
    rest,
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
  if (!text.includes("%")) return text;
  return new URLSearchParams(`_=${text.replaceAll("+", "%2B")}`).get("_") ?? text;
}
