import type { EntraAssignment } from "../../generated/models.js";
import { check } from "../check.js";
import { type EntraChange, type ServiceState, tenantKey } from "../state/serviceState.js";
import type { Draft } from "../state/store.js";
import {
  type DirectoryGroup,
  type DirectoryTenant,
  type EntraGroup,
  type EntraTenant,
  resolveGroup,
  resolveTenant,
} from "./groups.js";
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

/** What the directory and the resource's Entra assignments have from the start. */
export interface EntraOptions {
  /** An entry with the client id of the well-known application changes that application. */
  readonly applications?: readonly EntraApplication[];
  /** An entry with the object id of a well-known user changes that user. */
  readonly users?: readonly EntraUser[];
  /** Groups. */
  readonly groups?: readonly EntraGroup[];
  /** Tenants that lack a service principal. Others need no entry. */
  readonly tenants?: readonly EntraTenant[];
  /**
   * Who may exchange an Entra token, besides the well-known application for the users of the well-known tenant. An
   * entry with the object id of that tenant replaces this assignment.
   */
  readonly assignments?: readonly Readonly<EntraAssignment>[];
}

const kinds = {
  entraApplicationSet: "application",
  entraUserSet: "user",
  entraGroupSet: "group",
  entraPrincipalDeleted: "deleted",
} as const;

/** The applications, users and groups of every tenant: those from the options, with later changes. */
export class Directory {
  readonly #state: ServiceState;
  /** The state has no events for these. */
  readonly #seeds = new Map<string, EntraChange>();

  /** @throws TypeError if one of the options isn't valid. */
  constructor(options: EntraOptions, state: ServiceState) {
    const { applications = [], users = [], groups = [], tenants = [] } = options;
    for (const list of [applications, users, groups, tenants]) {
      check(Array.isArray(list), "The members of entra must be arrays");
    }
    this.#state = state;
    this.#seed(applicationSet(seededApplication));
    for (const user of seededUsers) this.#seed(userSet(user));
    for (const application of applications) this.#seed(this.#resolvedApplication(application));
    for (const user of users) this.#seed(this.#resolvedUser(user));
    for (const group of groups) this.#seed(this.#resolvedGroup(group));
    for (const tenant of tenants.map((given) => resolveTenant(given))) {
      this.#seeds.set(tenantKey(tenant.tenantId), { type: "entraTenantSet", ...tenant });
    }
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

  get groups(): readonly DirectoryGroup[] {
    return this.#principals().flatMap((change) =>
      change.type === "entraGroupSet" ? withoutType(change) : [],
    );
  }

  /** Those that were set. Any other tenant has everything. */
  get tenants(): readonly DirectoryTenant[] {
    return this.#principals().flatMap((change) =>
      change.type === "entraTenantSet" ? withoutType(change) : [],
    );
  }

  application(clientId: string): Application | undefined {
    return this.applications.find((application) => application.clientId === clientId.toLowerCase());
  }

  user(objectId: string): DirectoryUser | undefined {
    const change = this.#change(objectId);
    return change?.type === "entraUserSet" ? withoutType(change) : undefined;
  }

  group(objectId: string): DirectoryGroup | undefined {
    return this.groups.find((group) => group.objectId === objectId.toLowerCase());
  }

  /** Returns whether one of Microsoft's applications has a service principal in the tenant. */
  hasServicePrincipal(tenantId: string, clientId: string): boolean {
    const tenant = this.tenants.find((one) => one.tenantId === tenantId);
    return tenant?.servicePrincipals.includes(clientId) ?? true;
  }

  /** Ignores case. */
  userByName(username: string): DirectoryUser | undefined {
    return this.users.find((user) => user.username.toLowerCase() === username.toLowerCase());
  }

  /** Returns undefined if the principal was never in the directory. */
  kindOf(objectId: string): (typeof kinds)[keyof typeof kinds] | undefined {
    const change = this.#change(objectId);
    return change && change.type !== "entraTenantSet" ? kinds[change.type] : undefined;
  }

  /** Returns whether the principal has a role on the resource, or undefined if it was never in the directory. */
  hasRole(objectId: string): boolean | undefined {
    const change = this.#change(objectId);
    if (change?.type === "entraPrincipalDeleted") return false;
    return change && "hasRole" in change ? change.hasRole : undefined;
  }

  /** A tenant exists as long as it was set, or has an application, user or group. */
  hasTenant(tenantId: string): boolean {
    return [...this.applications, ...this.users, ...this.groups, ...this.tenants].some(
      (one) => one.tenantId === tenantId.toLowerCase(),
    );
  }

  /** Adds an application or changes the given members. @throws TypeError if one isn't valid. */
  setApplication(draft: Draft, given: EntraApplication): Application {
    const change = this.#resolvedApplication(given);
    draft.add(change);
    return withoutType(change);
  }

  /** Like `setApplication`. */
  setUser(draft: Draft, given: EntraUser): DirectoryUser {
    const change = this.#resolvedUser(given);
    draft.add(change);
    return withoutType(change);
  }

  /** Like `setApplication`. */
  setGroup(draft: Draft, given: EntraGroup): DirectoryGroup {
    const change = this.#resolvedGroup(given);
    draft.add(change);
    return withoutType(change);
  }

  /** Like `setApplication`. */
  setTenant(draft: Draft, given: EntraTenant): DirectoryTenant {
    const before = this.tenants.find(({ tenantId }) => tenantId === given?.tenantId);
    const tenant = resolveTenant(given, before);
    draft.add({ type: "entraTenantSet", ...tenant });
    return tenant;
  }

  delete(draft: Draft, objectId: string): void {
    draft.add({ type: "entraPrincipalDeleted", objectId: objectId.toLowerCase() });
  }

  #seed(change: Exclude<EntraChange, { type: "entraTenantSet" }>): void {
    this.#seeds.set(change.objectId, change);
  }

  #change(objectId: string): EntraChange | undefined {
    const id = objectId.toLowerCase();
    return this.#state.entraChanges.get(id) ?? this.#seeds.get(id);
  }

  #principals(): EntraChange[] {
    return [...new Map([...this.#seeds, ...this.#state.entraChanges]).values()];
  }

  #resolvedApplication(given: EntraApplication) {
    return applicationSet(resolveApplication(given, this.application(String(given?.clientId))));
  }

  #resolvedUser(given: EntraUser) {
    return userSet(resolveUser(given, this.user(String(given?.objectId))));
  }

  #resolvedGroup(given: EntraGroup) {
    const group = resolveGroup(given, this.group(String(given?.objectId)));
    return { type: "entraGroupSet", ...group } as const;
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
