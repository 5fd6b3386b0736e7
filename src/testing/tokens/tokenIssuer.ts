import type { ServiceState } from "../state/serviceState.js";
import { encodeClaims } from "./jwt.js";
import { SigningKey } from "./signingKey.js";

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
  readonly #state: ServiceState;
  #key: SigningKey | undefined;
  #pendingKey: Promise<SigningKey> | undefined;

  constructor(resourceId: string, state: ServiceState) {
    this.#resourceId = resourceId;
    this.#state = state;
  }

  /** The key of the state. It is made when it is first asked for, because that takes a while. */
  async key(): Promise<SigningKey> {
    if (this.#key && this.#key.privateJwk === this.#state.signingKey) return this.#key;
    this.#pendingKey ??= this.#loadKey();
    try {
      return await this.#pendingKey;
    } finally {
      this.#pendingKey = undefined;
    }
  }

  async sign(content: TokenContent): Promise<string> {
    const key = await this.key();
    const header = encodeClaims({ alg: "RS256", kid: key.id, typ: "JWT" });
    const signed = `${header}.${encodeClaims(this.#claims(content))}`;
    return `${signed}.${await key.sign(signed)}`;
  }

  async #loadKey(): Promise<SigningKey> {
    const stored = this.#state.signingKey;
    const key = stored ? await SigningKey.import(stored) : await SigningKey.generate();
    // Only signing shows whether a stored key can: better now than when the state has changed.
    if (stored) await key.sign("");
    else this.#state.record({ type: "signingKeySet", key: key.privateJwk });
    this.#key = key;
    return key;
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
