import type { EntraAssignment } from "../../generated/models.js";
import type { AccessKeyType } from "../wire/admission.js";
import type { DirectoryGroup, DirectoryTenant } from "./entries/groups.js";
import type { Application, DirectoryUser } from "./entries/principals.js";
import type { Revocation, TokensRevoked, UserCreated, UserDeleted } from "./entries/user.js";

/**
 * A change of the state. The state changes in no other way, so replaying the events from a file rebuilds it.
 * All times are milliseconds since 1970 unless noted otherwise.
 */
export type StateEvent =
  | UserCreated
  | UserDeleted
  | TokenIssued
  | TokensRevoked
  | AccessKeyRegenerated
  | TeamsAssignmentSet
  | TeamsAssignmentDeleted
  | EntraAssignmentsChanged
  | StateReset
  | EntraChange
  | EntraPrincipalDeleted;

/** A token was issued. It is valid until it expires or is revoked. */
export interface TokenIssued {
  readonly type: "tokenIssued";
  /** The token's number within this state, from 1, and its claim `jti`. */
  readonly token: number;
  readonly user: number;
  /** As in the claim `acsScope`: comma separated. */
  readonly scopes: string;
  /** Seconds since 1970, as in the claims. */
  readonly issuedAt: number;
  /** Seconds since 1970, as in the claim `exp`. */
  readonly expiresAt: number;
  /** The access key that the request was signed with. Absent if there was none. */
  readonly keyType?: AccessKeyType;
  /** The Entra tenant of a Teams user, also with Teams Phone extensibility, as in the claim `tid`. Absent for others. */
  readonly tenantId?: string;
}

/** An access key was replaced, and the tokens that it had issued were revoked. */
export interface AccessKeyRegenerated extends Revocation {
  readonly type: "accessKeyRegenerated";
  readonly keyType: AccessKeyType;
  readonly key: string;
}

/** A Teams extension assignment was created, or replaced the one for the same tenant and object. */
export interface TeamsAssignmentSet {
  readonly type: "assignmentSet";
  /** The Entra tenant's id, a GUID. */
  readonly tenantId: string;
  /** The object id of the user or resource account in that tenant, a GUID. */
  readonly objectId: string;
  /** `user`, `resourceAccount` or, in newer versions, `teamsResourceAccount`. */
  readonly principalType: string;
  /** The Entra applications that may exchange a token. Absent if any may. */
  readonly clientIds?: readonly string[];
}

export interface TeamsAssignmentDeleted extends Pick<TeamsAssignmentSet, "tenantId" | "objectId"> {
  readonly type: "assignmentDeleted";
}

/** Entra assignments were created, replaced or removed, all at once. */
export interface EntraAssignmentsChanged {
  readonly type: "entraAssignmentsChanged";
  /** The new assignments, which replace those with the same object id. */
  readonly set: readonly Readonly<EntraAssignment>[];
  /** The object ids of those that were removed. */
  readonly removed: readonly string[];
}

/** All earlier users, tokens, assignments and changes of Entra principals were removed. */
export interface StateReset {
  readonly type: "stateReset";
  readonly nextUser: number;
  readonly nextToken: number;
  /** Tokens with a number up to and including this one are invalid, unless an event that follows has issued them. */
  readonly discardedUpTo: number;
}

/** An entry of the Entra directory was added, or replaced the one with the same id. */
export type EntraChange =
  | ({ readonly type: "entraApplicationSet" } & Application)
  | ({ readonly type: "entraUserSet" } & DirectoryUser)
  | ({ readonly type: "entraGroupSet" } & DirectoryGroup)
  | ({ readonly type: "entraTenantSet" } & DirectoryTenant);

/** A user, a group or an application of the Entra directory was deleted. */
export interface EntraPrincipalDeleted {
  readonly type: "entraPrincipalDeleted";
  /** The object id of the user, the group or the application's service principal. */
  readonly objectId: string;
  /**
   * When, by the machine's clock. A day later, nothing has to know about the principal anymore. Absent for one that the
   * directory has from the start: it would come back.
   */
  readonly at?: number;
}
