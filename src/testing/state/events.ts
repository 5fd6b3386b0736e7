import type { EntraApplication, EntraUser } from "../entra/principals.js";
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
  | SigningKeySet
  | EntraApplicationSet
  | EntraUserSet
  | EntraPrincipalDeleted;

/** A user exists from now on. */
export interface UserCreated {
  /** Which event. */
  readonly type: "userCreated";
  /** The user's number within this state, from 1; never given twice. */
  readonly user: number;
  /** The raw id: `8:acs:<resource>_<user>`, or `8:orgid:<user>` for a Teams user. */
  readonly id: string;
  /** When it was created. */
  readonly at: number;
  /** 1 to 256 characters. Absent when the request had none. */
  readonly customId?: string;
  /** Only when the event was written after the fact, into a snapshot. */
  readonly lastTokenIssuedAt?: number;
}

/** A user, its tokens and its custom id are gone. */
export interface UserDeleted {
  /** Which event. */
  readonly type: "userDeleted";
  /** The user's number, as in {@link UserCreated}. */
  readonly user: number;
}

/** A token is good from now on, until it expires or is revoked. */
export interface TokenIssued {
  /** Which event. */
  readonly type: "tokenIssued";
  /** The token's number within this state, from 1; its claim `jti`. */
  readonly token: number;
  /** The user's number, as in {@link UserCreated}. */
  readonly user: number;
  /** As in the claim `acsScope`: comma separated. */
  readonly scopes: string;
  /** Seconds since 1970, as in the claims. */
  readonly issuedAt: number;
  /** Seconds since 1970, as in the claim `exp`. */
  readonly expiresAt: number;
}

/** All tokens that a user had are invalid from then on. */
export interface TokensRevoked {
  /** Which event. */
  readonly type: "tokensRevoked";
  /** The user's number, as in {@link UserCreated}. */
  readonly user: number;
  /** Tokens with a number up to this one are revoked. */
  readonly upTo: number;
  /** When they were revoked. */
  readonly at: number;
}

/** A Teams extension assignment exists from now on, in the place of one for the same tenant and object. */
export interface AssignmentSet {
  /** Which event. */
  readonly type: "assignmentSet";
  /** The Entra tenant's id, a GUID. */
  readonly tenantId: string;
  /** The object id of the user or resource account in that tenant, a GUID. */
  readonly objectId: string;
  /** `user` or `resourceAccount`. */
  readonly principalType: string;
  /** The Entra applications that may exchange a token. Absent: any. */
  readonly clientIds?: readonly string[];
}

/** A Teams extension assignment is gone. */
export interface AssignmentDeleted extends Pick<AssignmentSet, "tenantId" | "objectId"> {
  /** Which event. */
  readonly type: "assignmentDeleted";
}

/** Users, tokens and assignments before this are gone. */
export interface StateReset {
  /** Which event. */
  readonly type: "stateReset";
  /** The number that the next user gets. */
  readonly nextUser: number;
  /** The number that the next token gets. */
  readonly nextToken: number;
  /** Tokens with a lower number are invalid from then on, whosever they are. */
  readonly firstToken: number;
}

/** Tokens are signed with this key from now on. */
export interface SigningKeySet {
  /** Which event. */
  readonly type: "signingKeySet";
  /** The private half; the public one is made of it. */
  readonly key: RsaPrivateJwk;
}

/** An Entra application exists from now on, in the place of one with the same object id. */
export interface EntraApplicationSet extends Required<EntraApplication> {
  /** Which event. */
  readonly type: "entraApplicationSet";
}

/** An Entra user exists from now on, in the place of one with the same object id. */
export interface EntraUserSet extends Required<EntraUser> {
  /** Which event. */
  readonly type: "entraUserSet";
}

/** An Entra application or user is gone. */
export interface EntraPrincipalDeleted {
  /** Which event. */
  readonly type: "entraPrincipalDeleted";
  /** The object id of the user or of the application's service principal. */
  readonly objectId: string;
}
