import { checkOption } from "../validation/check.js";
import type { AccessKeyType } from "../wire/admission.js";
import { base64, base64Decode, utf8 } from "../wire/bytes.js";

/**
 * The default access keys of a fake service. They are public by design: base64 of
 * "acs-identity emulator: this well-known access key is not secret." and
 * "acs-identity emulator: this second well-known key is not secret.".
 */
export const wellKnownAccessKeys: Readonly<Record<AccessKeyType, string>> = {
  primary: "YWNzLWlkZW50aXR5IGVtdWxhdG9yOiB0aGlzIHdlbGwta25vd24gYWNjZXNzIGtleSBpcyBub3Qgc2VjcmV0Lg==",
  secondary: "YWNzLWlkZW50aXR5IGVtdWxhdG9yOiB0aGlzIHNlY29uZCB3ZWxsLWtub3duIGtleSBpcyBub3Qgc2VjcmV0Lg==",
};

export interface AccessKeys {
  readonly current: Readonly<Record<AccessKeyType, AccessKey>>;
  /** Keys that were replaced, to recognize a client that still uses one. */
  readonly former: readonly TypedKey[];
}

export interface TypedKey {
  readonly keyType: AccessKeyType;
  readonly key: AccessKey;
}

const algorithm = { name: "HMAC", hash: "SHA-256" } as const;

export class AccessKey {
  /** The key in base64, as in a connection string. */
  readonly text: string;
  readonly #bytes: Uint8Array;
  #key: Promise<CryptoKey> | undefined;

  private constructor(text: string, bytes: Uint8Array) {
    this.text = text;
    this.#bytes = bytes;
  }

  /** @throws TypeError if the text isn't base64 or is empty. The message has the option's name and not the text. */
  static fromBase64(text: string, option = "accessKey"): AccessKey {
    const bytes = base64Decode(text);
    checkOption(bytes && bytes.length > 0, option, "must be base64 of at least one byte");
    return new AccessKey(text, bytes);
  }

  /** Uses the text itself as the key, to recognize a client that forgot to decode its key. */
  static fromText(text: string): AccessKey {
    return new AccessKey(text, utf8(text));
  }

  /** Compares the bytes, because base64 can be written in more than one way, such as without padding. */
  equals(other: AccessKey): boolean {
    return base64(this.#bytes) === base64(other.#bytes);
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
