import { check } from "../check.js";
import { base64Decode, utf8 } from "../wire/bytes.js";

/**
 * The access key of every fake service that is given none. It is public by design: base64 of
 * "acs-identity emulator: this well-known access key is not secret.".
 */
export const wellKnownAccessKey: string =
  "YWNzLWlkZW50aXR5IGVtdWxhdG9yOiB0aGlzIHdlbGwta25vd24gYWNjZXNzIGtleSBpcyBub3Qgc2VjcmV0Lg==";

const algorithm = { name: "HMAC", hash: "SHA-256" } as const;

/** A key that signatures are verified with. */
export class AccessKey {
  readonly #bytes: Uint8Array;
  #key: Promise<CryptoKey> | undefined;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @throws TypeError when the text isn't base64. The text is not in the message. */
  static fromBase64(text: string): AccessKey {
    const bytes = base64Decode(text);
    check(bytes && bytes.length > 0, "accessKey must be base64 of at least one byte");
    return new AccessKey(bytes);
  }

  /** For telling a client that it forgot to decode its key. */
  static fromText(text: string): AccessKey {
    return new AccessKey(utf8(text));
  }

  /** Whether the signature is that of the text. Compares in constant time, as WebCrypto's verify does. */
  async verify(text: string, signature: Uint8Array): Promise<boolean> {
    this.#key ??= crypto.subtle.importKey("raw", this.#bytes as Uint8Array<ArrayBuffer>, algorithm, false, [
      "verify",
    ]);
    return crypto.subtle.verify(
      algorithm.name,
      await this.#key,
      signature as Uint8Array<ArrayBuffer>,
      utf8(text),
    );
  }
}
