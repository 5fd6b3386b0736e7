import { checkOption } from "../check.js";
import { base64Decode, utf8 } from "../wire/bytes.js";

/**
 * The default access key of a fake service. It is public by design: base64 of
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

  /** @throws TypeError if the text isn't base64 or is empty. The message doesn't contain the text. */
  static fromBase64(text: string): AccessKey {
    const bytes = base64Decode(text);
    checkOption(bytes && bytes.length > 0, "accessKey", "must be base64 of at least one byte");
    return new AccessKey(bytes);
  }

  /** Uses the text itself as the key, to recognize a client that forgot to decode its key. */
  static fromText(text: string): AccessKey {
    return new AccessKey(utf8(text));
  }

  /** Returns whether the signature matches the text. WebCrypto's verify compares in constant time. */
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
