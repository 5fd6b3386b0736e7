import { base64Url, sha256, utf8 } from "../wire/bytes.js";
import { type Claims, encodeClaims, type Jwt, readJwt } from "./jwt.js";
import { wellKnownPrivateJwk } from "./wellKnownKey.js";

const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;

/** The key that signs and verifies all tokens, with RS256. */
export interface SigningKey {
  /** The RFC 7638 thumbprint of the public key. */
  readonly id: string;
  /** The public key as key sets list it. */
  readonly publishedJwk: Readonly<Record<string, string>>;
  sign(text: string): Promise<string>;
  verify(text: string, signature: Uint8Array<ArrayBuffer>): Promise<boolean>;
}

let loaded: SigningKey | undefined;

/** Returns the well-known key. It is loaded on first use. */
export async function signingKey(): Promise<SigningKey> {
  // The key is kept, and not its promise: in workerd, a promise of a request that ended may never be settled.
  loaded ??= await load();
  return loaded;
}

async function load(): Promise<SigningKey> {
  const { kty, n, e } = wellKnownPrivateJwk;
  const [id, privateKey, publicKey] = await Promise.all([
    thumbprint(n, e),
    crypto.subtle.importKey("jwk", wellKnownPrivateJwk, algorithm, false, ["sign"]),
    crypto.subtle.importKey("jwk", { kty, n, e }, algorithm, false, ["verify"]),
  ]);
  return {
    id,
    publishedJwk: { kty, n, e, kid: id, alg: "RS256", use: "sig" },
    sign: async (text) =>
      base64Url(new Uint8Array(await crypto.subtle.sign(algorithm.name, privateKey, utf8(text)))),
    verify: (text, signature) => crypto.subtle.verify(algorithm.name, publicKey, signature, utf8(text)),
  };
}

async function thumbprint(n: string, e: string): Promise<string> {
  return base64Url(await sha256(`{"e":"${e}","kty":"RSA","n":"${n}"}`));
}

export async function signJwt(claims: Claims): Promise<string> {
  const key = await signingKey();
  const signed = `${encodeClaims({ alg: "RS256", kid: key.id, typ: "JWT" })}.${encodeClaims(claims)}`;
  return `${signed}.${await key.sign(signed)}`;
}

/** Returns whether a fake or an emulator signed the JWT. */
export async function isSignedHere({ header, signed, signature }: Jwt): Promise<boolean> {
  const key = await signingKey();
  return header.alg === "RS256" && header.kid === key.id && key.verify(signed, signature);
}

/** What only this authority reads. Clients treat both as opaque; they are JWTs, so that none has to be stored. */
type OwnUse = "code" | "refresh";

/** Signs a code or refresh token, which `verifiedClaims` reads. */
export function signForOwnUse(use: OwnUse, claims: Claims): Promise<string> {
  return signJwt({ use, ...claims });
}

/** Returns the claims of a code or refresh token. Undefined if it isn't signed with our key, or was signed for another use. */
export async function verifiedClaims(use: OwnUse, text: string): Promise<Claims | undefined> {
  const jwt = readJwt(text);
  return jwt && jwt.claims.use === use && (await isSignedHere(jwt)) ? jwt.claims : undefined;
}
