import { base64Url, utf8 } from "../wire/bytes.js";

/**
 * The prime factors of the key that signs the tokens of every fake and every emulator: the bytes of these texts, read
 * as numbers. The key is public by design and protects nothing, which its own bytes say to whoever finds them.
 * Tokens therefore survive a restart, are the same everywhere, and no test waits for a key to be generated.
 */
const [p, q] = [
  "«acs-identity signs its fake tokens with this well-known key, which is not secret. The last five letters make it prime: grxus»",
  "«acs-identity: the second factor of the well-known key, which is not secret. The last five letters make it a prime, too: jxss»",
].map((text) => BigInt(`0x${hexOf(utf8(text))}`)) as [bigint, bigint];

const publicExponent = 65_537n;

/** Returns the well-known RSA-2048 key as a JWK (RFC 7517), with its private members. */
export function wellKnownPrivateJwk(): Readonly<
  Record<"kty" | "n" | "e" | "d" | "p" | "q" | "dp" | "dq" | "qi", string>
> {
  const privateExponent = inverse(publicExponent, (p - 1n) * (q - 1n));
  const numbers = {
    n: p * q,
    e: publicExponent,
    d: privateExponent,
    p,
    q,
    dp: privateExponent % (p - 1n),
    dq: privateExponent % (q - 1n),
    qi: inverse(q, p),
  };
  const members = Object.entries(numbers).map(([name, number]) => [name, base64UrlOf(number)]);
  return { kty: "RSA", ...Object.fromEntries(members) };
}

/** Returns the number that, multiplied by `value`, is 1 modulo `modulus`: Euclid's extended algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [previous, rest] = [modulus, value];
  let [previousFactor, factor] = [0n, 1n];
  while (rest > 1n) {
    const quotient = previous / rest;
    [previous, rest] = [rest, previous - quotient * rest];
    [previousFactor, factor] = [factor, previousFactor - quotient * factor];
  }
  return factor < 0n ? factor + modulus : factor;
}

function base64UrlOf(number: bigint): string {
  const hex = number.toString(16);
  const pairs = hex.padStart(hex.length + (hex.length % 2), "0").match(/../g) ?? [];
  return base64Url(Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)));
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
