import { check } from "../check.js";
import { checkMembers } from "../checkMembers.js";
import type { StateEvent } from "../state/events.js";
import type { ServiceState } from "../state/serviceState.js";
import {
  type Application,
  type DirectoryUser,
  type EntraApplication,
  type EntraUser,
  resolveApplication,
  resolveUser,
  seededApplication,
  seededUsers,
} from "./principals.js";

/** Applications and users that exist from the start. */
export interface EntraOptions {
  /** An entry with the client id of the well-known application changes that application. */
  readonly applications?: readonly EntraApplication[];
  /** An entry with the object id of a well-known user changes that user. */
  readonly users?: readonly EntraUser[];
}

/** A principal was added, changed or deleted. The state has no events for those from the options. */
export type DirectoryChange = Extract<
  StateEvent,
  { type: "entraApplicationSet" | "entraUserSet" | "entraPrincipalDeleted" }
>;

const kinds = {
  entraApplicationSet: "application",
  entraUserSet: "user",
  entraPrincipalDeleted: "deleted",
} as const;

/** The applications and users of every tenant: those from the options, with later changes. */
export class Directory {
  readonly #state: ServiceState;
  readonly #seeds = new Map<string, DirectoryChange>();

  /** @throws TypeError when an application or user isn't valid. */
  constructor(options: EntraOptions, state: ServiceState) {
    checkMembers(options, ["applications", "users"], "entra");
    const { applications = [], users = [] } = options;
    check(Array.isArray(applications) && Array.isArray(users), "entra.applications and users must be arrays");
    this.#state = state;
    this.#seed(applicationSet(seededApplication));
    for (const user of seededUsers) this.#seed(userSet(user));
    for (const application of applications) this.#seed(this.#resolvedApplication(application));
    for (const user of users) this.#seed(this.#resolvedUser(user));
  }

  /** Returns the directory of the same options with the changes of another state. */
  withState(state: ServiceState): Directory {
    const directory = new Directory({}, state);
    for (const change of this.#seeds.values()) directory.#seed(change);
    return directory;
  }

  get applications(): readonly Application[] {
    return this.#principals().flatMap((change) =>
      change.type === "entraApplicationSet" ? withoutType(change) : [],
    );
  }

  get users(): readonly DirectoryUser[] {
    return this.#principals().flatMap((change) =>
      change.type === "entraUserSet" ? withoutType(change) : [],
    );
  }

  application(clientId: string): Application | undefined {
    return this.applications.find((application) => application.clientId === clientId.toLowerCase());
  }

  user(objectId: string): DirectoryUser | undefined {
    const change = this.#change(objectId);
    return change?.type === "entraUserSet" ? withoutType(change) : undefined;
  }

  /** Ignores case. */
  userByName(username: string): DirectoryUser | undefined {
    return this.users.find((user) => user.username.toLowerCase() === username.toLowerCase());
  }

  /** Returns undefined when the principal was never in the directory. */
  kindOf(objectId: string): "application" | "user" | "deleted" | undefined {
    const change = this.#change(objectId);
    return change && kinds[change.type];
  }

  /** Returns whether the principal has a role on the resource, or undefined when it was never in the directory. */
  hasRole(objectId: string): boolean | undefined {
    const change = this.#change(objectId);
    return change?.type === "entraPrincipalDeleted" ? false : change?.hasRole;
  }

  /** A tenant exists as long as it has an application or user. */
  hasTenant(tenantId: string): boolean {
    return [...this.applications, ...this.users].some((one) => one.tenantId === tenantId.toLowerCase());
  }

  /** Adds an application or changes the given members. @throws TypeError when one isn't valid. */
  setApplication(given: EntraApplication): Application {
    const change = this.#resolvedApplication(given);
    this.#state.record(change);
    return withoutType(change);
  }

  /** Like `setApplication`. */
  setUser(given: EntraUser): DirectoryUser {
    const change = this.#resolvedUser(given);
    this.#state.record(change);
    return withoutType(change);
  }

  delete(objectId: string): void {
    this.#state.record({ type: "entraPrincipalDeleted", objectId: objectId.toLowerCase() });
  }

  #seed(change: DirectoryChange): void {
    this.#seeds.set(change.objectId, change);
  }

  #change(objectId: string): DirectoryChange | undefined {
    const id = objectId.toLowerCase();
    return this.#state.entraChanges.get(id) ?? this.#seeds.get(id);
  }

  #principals(): DirectoryChange[] {
    return [...new Map([...this.#seeds, ...this.#state.entraChanges]).values()];
  }

  #resolvedApplication(given: EntraApplication) {
    return applicationSet(resolveApplication(given, this.application(String(given?.clientId))));
  }

  #resolvedUser(given: EntraUser) {
    return userSet(resolveUser(given, this.user(String(given?.objectId))));
  }
}

function applicationSet(application: Application) {
  return { type: "entraApplicationSet", ...application } as const;
}

function userSet(user: DirectoryUser) {
  return { type: "entraUserSet", ...user } as const;
}

function withoutType<Principal extends { type: string }>({ type: _, ...principal }: Principal) {
  return principal;
}
