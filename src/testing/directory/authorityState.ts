import type { ServiceState } from "../state/serviceState.js";
import { arrayOf, type Constraints, optional, resolved } from "../validation/constraints.js";
import { Directory, type EntraOptions } from "./directory.js";
import { EntraAssignments } from "./entraAssignments.js";

interface DeviceSignIn {
  readonly userCode: string;
  readonly tenant: string;
  readonly clientId: string;
  readonly scope: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** Absent until a user has signed in. */
  objectId?: string;
}

/** Sign-ins on devices by device code. They aren't kept across restarts, because they live for a quarter of an hour only. */
export type DeviceSignIns = Map<string, DeviceSignIn>;

/** What the Entra ID authority holds besides the key that signs its tokens. */
export interface AuthorityState {
  readonly directory: Directory;
  /** The Entra assignments, which belong to the resource and not to the directory. */
  readonly assignments: EntraAssignments;
  /** The ids of codes, which aren't kept across restarts, because they live for ten minutes only. */
  readonly redeemedCodes: Set<string>;
  readonly deviceSignIns: DeviceSignIns;
}

const list = optional(arrayOf("an array", () => true));

const constraints: Constraints<EntraOptions> = {
  applications: list,
  users: list,
  groups: list,
  tenants: list,
  assignments: list,
};

/** @throws TypeError if an option isn't valid. */
export function createAuthorityState(given: EntraOptions, state: ServiceState): AuthorityState {
  const options = resolved("entra", constraints, given, {});
  return {
    directory: new Directory(options, state),
    assignments: new EntraAssignments(options.assignments ?? [], state),
    redeemedCodes: new Set(),
    deviceSignIns: new Map(),
  };
}
