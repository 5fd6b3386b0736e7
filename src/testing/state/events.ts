import type { RsaPrivateJwk } from "../tokens/signingKey.js";

/**
 * What can happen to the state. The state changes in no other way, so the same events, put into a file and
 * read back, give the same state. All times are milliseconds since 1970 unless named otherwise.
 */
export type StateEvent =
  | UserCreated
  | UserDeleted
  | TokenIssued
  | TokensRevoked
  | AssignmentSet
  | AssignmentDeleted
  | StateReset
  | SigningKeySet;

export interface UserCreated {
  readonly type: "userCreated";
  /** The user's number within this state, from 1; never given twice. */
  readonly user: number;
  /** The raw id: `8:acs:<resource>_<user>`, or `8:orgid:<user>` for a Teams user. */
  readonly id: string;
  readonly at: number;
  readonly customId?: string;
  /** Only when the event was written after the fact, into a snapshot. */
  readonly lastTokenIssuedAt?: number;
}

export interface UserDeleted {
  readonly type: "userDeleted";
  readonly user: number;
}

export interface TokenIssued {
  readonly type: "tokenIssued";
  /** The token's number within this state, from 1; its claim `jti`. */
  readonly token: number;
  readonly user: number;
  /** As in the claim `acsScope`: comma separated. */
  readonly scopes: string;
  /** Seconds since 1970, as in the claims. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface TokensRevoked {
  readonly type: "tokensRevoked";
  readonly user: number;
  /** Tokens with a number up to this one are revoked. */
  readonly upTo: number;
  readonly at: number;
}

export interface AssignmentSet {
  readonly type: "assignmentSet";
  readonly tenantId: string;
  readonly objectId: string;
  readonly principalType: string;
  readonly clientIds?: readonly string[];
}

export interface AssignmentDeleted {
  readonly type: "assignmentDeleted";
  readonly tenantId: string;
  readonly objectId: string;
}

/** Users, tokens and assignments before this are gone. */
export interface StateReset {
  readonly type: "stateReset";
  /** The number that the next user gets. */
  readonly nextUser: number;
  /** The number that the next token gets. */
  readonly nextToken: number;
  /** Tokens with a lower number are no longer good, whosever they are. */
  readonly firstToken: number;
}

/** Tokens are signed with this key from now on. */
export interface SigningKeySet {
  readonly type: "signingKeySet";
  readonly key: RsaPrivateJwk;
}
