import { base64Url, base64UrlDecode, sha256, utf8, utf8Decode } from "../wire/bytes.js";
import { encodeClaims } from "./jwt.js";

/**
 * The key of all encrypted tokens, 256 bits. It is public by design: encryption only keeps clients from decoding a
 * token, and proves that they don't need to.
 */
export const wellKnownEncryptionKey = "acs-identity: public, not secret";

/** The protected header (RFC 7516): the content, a signed JWT, is encrypted with the key itself. */
const header = encodeClaims({ alg: "dir", enc: "A256GCM", cty: "JWT", kid: "acs-identity-well-known" });

const tagLength = 16;

/** Encrypts a JWT as a JWE in compact form. The same JWT always gives the same JWE. */
export async function encryptJwt(jwt: string): Promise<string> {
  const content = utf8(jwt);
  // Derived from the content, so that the same value never encrypts two different ones.
  const iv = (await sha256(content)).slice(0, 12);
  const encrypted = new Uint8Array(await crypto.subtle.encrypt(algorithm(iv), await key(), content));
  const [ciphertext, tag] = [encrypted.slice(0, -tagLength), encrypted.slice(-tagLength)];
  return [header, "", ...[iv, ciphertext, tag].map(base64Url)].join(".");
}

/** Returns the JWT in a JWE of {@link encryptJwt}, or undefined if the text is anything else. */
export async function decryptJwt(text: string): Promise<string | undefined> {
  const [head, encryptedKey, ...rest] = text.split(".");
  if (head !== header || encryptedKey !== "" || rest.length !== 3) return undefined;
  const [iv, ciphertext, tag] = rest.map(base64UrlDecode);
  if (!iv || !ciphertext || !tag || tag.length !== tagLength) return undefined;
  const encrypted = new Uint8Array([...ciphertext, ...tag]);
  try {
    return utf8Decode(new Uint8Array(await crypto.subtle.decrypt(algorithm(iv), await key(), encrypted)));
  } catch {
    return undefined;
  }
}

function algorithm(iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: utf8(header) };
}

function key(): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", utf8(wellKnownEncryptionKey), "AES-GCM", false, [
    "encrypt",
    "decrypt",
  ]);
}
