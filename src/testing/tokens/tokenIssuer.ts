import type { ServiceState } from "../state/serviceState.js";
import { signJwt } from "./jwtSignature.js";
import { SigningKey } from "./signingKey.js";

/** The contents of a token. Times are seconds since 1970. */
export interface TokenContent {
  /** The token's number. */
  readonly token: number;
  /** The user's raw id. */
  readonly userId: string;
  /** Comma-separated. */
  readonly scopes: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Signs tokens with the claims that a decoded token of the real service has, plus `jti`. */
export class TokenIssuer {
  readonly #resourceId: string;
  readonly #state: ServiceState;
  #key: SigningKey | undefined;
  #pendingKey: Promise<SigningKey> | undefined;

  constructor(resourceId: string, state: ServiceState) {
    this.#resourceId = resourceId;
    this.#state = state;
  }

  /** Returns the state's key. It is generated on first use, because that takes a while. */
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
    return signJwt(await this.key(), this.#claims(content));
  }

  async #loadKey(): Promise<SigningKey> {
    const stored = this.#state.signingKey;
    const key = stored ? await SigningKey.import(stored) : await SigningKey.generate();
    // Only signing shows whether a stored key works, so try it before the state changes.
    if (stored) await key.sign("");
    else this.#state.record({ type: "signingKeySet", key: key.privateJwk });
    this.#key = key;
    return key;
  }

  #claims({ token, userId, scopes, issuedAt, expiresAt }: TokenContent): Record<string, unknown> {
    return {
      skypeid: userId.replace(/^8:/, ""),
      // The only known value. It was seen with the scope chat; the values for other scopes are unknown.
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
