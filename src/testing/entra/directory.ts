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
  /** One with the client id of the well-known application changes that one. */
  readonly applications?: readonly EntraApplication[];
  /** One with the object id of a well-known user changes that one. */
  readonly users?: readonly EntraUser[];
}

/** A principal was added or changed, or is gone. Those that the options name are in no event. */
export type DirectoryChange = Extract<
  StateEvent,
  { type: "entraApplicationSet" | "entraUserSet" | "entraPrincipalDeleted" }
>;

/** The applications and users of every tenant: those of the options with what changed since. */
export class Directory {
  readonly #state: ServiceState;
  readonly #seeds = new Map<string, DirectoryChange>();

  /** @throws TypeError when an application or user can't be used. */
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

  /** Names are compared without case. */
  userByName(username: string): DirectoryUser | undefined {
    return this.users.find((user) => user.username.toLowerCase() === username.toLowerCase());
  }

  /** Whether the principal has a role on the resource; undefined when the directory does not have it. */
  hasRole(objectId: string): boolean | undefined {
    const change = this.#change(objectId);
    return change === undefined || change.type === "entraPrincipalDeleted" ? undefined : change.hasRole;
  }

  /** A tenant exists as long as somebody is in it. */
  hasTenant(tenantId: string): boolean {
    return [...this.applications, ...this.users].some((one) => one.tenantId === tenantId.toLowerCase());
  }

  /** Adds an application, or changes the members that are given. @throws TypeError */
  setApplication(given: EntraApplication): Application {
    const change = this.#resolvedApplication(given);
    this.#state.record(change);
    return withoutType(change);
  }

  /** As `setApplication`. */
  setUser(given: EntraUser): DirectoryUser {
    const change = this.#resolvedUser(given);
    this.#state.record(change);
    return withoutType(change);
  }

  delete(objectId: string): void {
    this.#state.record({ type: "entraPrincipalDeleted", objectId });
  }

  #seed(change: DirectoryChange): void {
    this.#seeds.set(change.objectId, change);
  }

  #change(objectId: string): DirectoryChange | undefined {
    return this.#state.entraChanges.get(objectId) ?? this.#seeds.get(objectId);
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
