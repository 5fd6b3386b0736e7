import { encodeClaims } from "./jwt.js";
import { type RsaPrivateJwk, SigningKey } from "./signingKey.js";

/** What a token says. Times are seconds since 1970. */
export interface TokenContent {
  /** The token's number. */
  readonly token: number;
  /** The user's raw id. */
  readonly userId: string;
  /** Comma separated. */
  readonly scopes: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Signs tokens with the claims that a decoded token of the service showed, and `jti` beside them. */
export class TokenIssuer {
  readonly #resourceId: string;
  #makeKey: () => Promise<SigningKey>;
  #key: Promise<SigningKey> | undefined;
  #header: string | undefined;

  /** @param jwk - The key to use; without one, a new key is made when the first token is asked for. */
  constructor(resourceId: string, jwk?: RsaPrivateJwk) {
    this.#resourceId = resourceId;
    this.#makeKey = () => (jwk ? SigningKey.import(jwk) : SigningKey.generate());
  }

  /** The key, made now if it is the first time. */
  key(): Promise<SigningKey> {
    this.#key ??= this.#makeKey();
    return this.#key;
  }

  /** From now on, tokens are signed with this key. */
  useKey(jwk: RsaPrivateJwk): void {
    this.#key = undefined;
    this.#header = undefined;
    this.#makeKey = () => SigningKey.import(jwk);
  }

  async sign(content: TokenContent): Promise<string> {
    const key = await this.key();
    this.#header ??= encodeClaims({ alg: "RS256", kid: key.id, typ: "JWT" });
    const signed = `${this.#header}.${encodeClaims(this.#claims(content))}`;
    return `${signed}.${await key.sign(signed)}`;
  }

  #claims({ token, userId, scopes, issuedAt, expiresAt }: TokenContent): Record<string, unknown> {
    return {
      skypeid: userId.replace(/^8:/, ""),
      // The one number that is known. It was seen with the scope chat; no other is known for another scope.
      scp: 1792,
      csi: String(issuedAt),
      exp: expiresAt,
      acsScope: scopes,
      resourceId: this.#resourceId,
      iat: issuedAt,
      jti: String(token),
    };
  }
}
