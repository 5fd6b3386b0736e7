import type { AccessToken, GetTokenOptions, TokenCredential } from "@azure/core-auth";
import { tokens } from "../canaries.js";

/** An Entra credential whose tokens differ, and are valid for an hour. */
export class EntraCredential implements TokenCredential {
  /** The options of every call. */
  readonly calls: GetTokenOptions[] = [];

  async getToken(_scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken> {
    const call = this.calls.push(options);
    return { token: `${tokens.entra}.${call}`, expiresOnTimestamp: Date.now() + 3_600_000 };
  }
}
