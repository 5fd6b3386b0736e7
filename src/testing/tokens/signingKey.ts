import { base64Url, utf8 } from "../wire/bytes.js";

const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;

/** An RSA private key as a JWK (RFC 7517) without optional metadata. */
export type RsaPrivateJwk = Readonly<
  Record<"kty" | "n" | "e" | "d" | "p" | "q" | "dp" | "dq" | "qi", string>
>;

/** The members of an {@link RsaPrivateJwk} that are numbers, in base64url. */
export const rsaNumbers = ["n", "e", "d", "p", "q", "dp", "dq", "qi"] as const;

/** An RSA public key as a JWK. */
export type RsaPublicJwk = Readonly<Record<"kty" | "n" | "e", string>>;

/** The key that signs a service's tokens: RS256, RSA 2048. */
export class SigningKey {
  /** The RFC 7638 thumbprint of the public key. */
  readonly id: string;
  readonly #publicJwk: RsaPublicJwk;
  /** Kept in snapshots, so that tokens can still be verified. */
  readonly privateJwk: RsaPrivateJwk;
  readonly #private: CryptoKey;
  readonly #public: CryptoKey;

  private constructor(
    id: string,
    privateJwk: RsaPrivateJwk,
    publicJwk: RsaPublicJwk,
    keys: [CryptoKey, CryptoKey],
  ) {
    this.id = id;
    this.privateJwk = privateJwk;
    this.#publicJwk = publicJwk;
    [this.#private, this.#public] = keys;
  }

  /** The public key as key sets list it. */
  get publishedJwk(): Readonly<Record<string, string>> {
    return { ...this.#publicJwk, kid: this.id, alg: "RS256", use: "sig" };
  }

  static async generate(): Promise<SigningKey> {
    const parameters = { ...algorithm, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
    const pair = await crypto.subtle.generateKey(parameters, true, ["sign", "verify"]);
    const jwk = await crypto.subtle.exportKey("jwk", pair.privateKey);
    const members = (["kty", ...rsaNumbers] as const).map((name) => [name, jwk[name]]);
    return SigningKey.import(Object.fromEntries(members) as RsaPrivateJwk);
  }

  static async import(privateJwk: RsaPrivateJwk): Promise<SigningKey> {
    const { kty, n, e } = privateJwk;
    const publicJwk = { kty, n, e };
    const [id, ...keys] = await Promise.all([
      thumbprint(n, e),
      crypto.subtle.importKey("jwk", privateJwk, algorithm, false, ["sign"]),
      crypto.subtle.importKey("jwk", publicJwk, algorithm, false, ["verify"]),
    ]);
    return new SigningKey(id, privateJwk, publicJwk, keys);
  }

  async sign(text: string): Promise<string> {
    return base64Url(new Uint8Array(await crypto.subtle.sign(algorithm.name, this.#private, utf8(text))));
  }

  verify(text: string, signature: Uint8Array): Promise<boolean> {
    return crypto.subtle.verify(
      algorithm.name,
      this.#public,
      signature as Uint8Array<ArrayBuffer>,
      utf8(text),
    );
  }
}

async function thumbprint(n: string, e: string): Promise<string> {
  const text = `{"e":"${e}","kty":"RSA","n":"${n}"}`;
  return base64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text))));
}
