import type { TokenScope } from "../models.js";

/** An ACS user. */
export interface AcsUserId {
  /** The id of the user, `8:acs:<resource guid>_<user guid>`. */
  readonly communicationUserId: string;
}

/** What the endpoint needs of a `CommunicationIdentityClient`. */
export interface TokenEndpointClient {
  /** Creates a user. */
  createUser(): Promise<AcsUserId>;
  /** Deletes a user, which ends its tokens. */
  deleteUser(user: AcsUserId, options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
  /** Issues a token. */
  getToken(
    user: AcsUserId,
    scopes: readonly TokenScope[],
    options: { readonly abortSignal: AbortSignal; readonly tokenExpiresInMinutes: number | undefined },
  ): Promise<{
    /** The token, a JWT or opaque. */
    readonly token: string;
    /** When it expires. */
    readonly expiresOn: Date;
  }>;
}
