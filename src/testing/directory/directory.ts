import type { EntraAssignment } from "../../generated/models.js";
import {
  type DirectoryGroup,
  type DirectoryTenant,
  type EntraGroup,
  type EntraTenant,
  groupType,
  tenantType,
} from "../state/entries/groups.js";
import {
  type Application,
  applicationType,
  type DirectoryUser,
  directoryUserType,
  type EntraApplication,
  type EntraUser,
  type EntryType,
  seededApplication,
  seededUsers,
} from "../state/entries/principals.js";
import type { EntraChange, EntraPrincipalDeleted } from "../state/events.js";
import { type ServiceState, tenantKey } from "../state/serviceState.js";
import type { Draft } from "../state/store.js";
import { check } from "../validation/check.js";
import { type Given, resolved } from "../validation/constraints.js";

/** What the directory and the resource's Entra assignments have from the start. */
export interface EntraOptions {
  /** An entry with the client id of the well-known application changes that application. */
  readonly applications?: readonly EntraApplication[] | undefined;
  /** An entry with the object id of a well-known user changes that user. */
  readonly users?: readonly EntraUser[] | undefined;
  /** Groups. */
  readonly groups?: readonly EntraGroup[] | undefined;
  /** Tenants that lack a service principal. Others need no entry. */
  readonly tenants?: readonly EntraTenant[] | undefined;
  /**
   * Who may exchange an Entra token, besides the well-known application for the users of the well-known tenant. An
   * entry with the object id of that tenant replaces this assignment.
   */
  readonly assignments?: readonly Readonly<EntraAssignment>[] | undefined;
}

const deleted = "entraPrincipalDeleted" as const;

/** What the directory has, by the name of its kind. */
interface Entries {
  readonly application: Application;
  readonly user: DirectoryUser;
  readonly group: DirectoryGroup;
  readonly tenant: DirectoryTenant;
}

type Lists = { readonly [Name in keyof Entries]: readonly Entries[Name][] };

export const entryTypes: { readonly [Name in keyof Entries]: EntryType<Entries[Name]> } = {
  application: applicationType,
  user: directoryUserType,
  group: groupType,
  tenant: tenantType,
};

/** The applications, users and groups of every tenant: those from the options, with later changes. */
export class Directory {
  readonly #state: ServiceState;
  /** The entries from the options, for which the state has no events. */
  readonly #seeds = new Map<string, EntraChange>();
  /** The entries until the next change, because each request to the authority reads them several times. */
  #lists: Lists | undefined;
  #revision = -1;

  constructor(options: EntraOptions, state: ServiceState) {
    const { applications = [], users = [], groups = [], tenants = [] } = options;
    this.#state = state;
    for (const application of [seededApplication, ...applications]) this.#seed("application", application);
    for (const user of [...seededUsers, ...users]) this.#seed("user", user);
    for (const group of groups) this.#seed("group", group);
    for (const tenant of tenants) this.#seed("tenant", tenant);
  }

  get applications(): readonly Application[] {
    return this.#list("application");
  }

  get users(): readonly DirectoryUser[] {
    return this.#list("user");
  }

  get groups(): readonly DirectoryGroup[] {
    return this.#list("group");
  }

  /** The tenants that were set. Any other tenant has both service principals. */
  get tenants(): readonly DirectoryTenant[] {
    return this.#list("tenant");
  }

  application(clientId: string): Application | undefined {
    return this.applications.find((application) => application.clientId === clientId.toLowerCase());
  }

  user(objectId: string): DirectoryUser | undefined {
    return this.users.find((user) => user.objectId === objectId.toLowerCase());
  }

  /** Returns whether one of Microsoft's applications has a service principal in the tenant. */
  hasServicePrincipal(tenantId: string, clientId: string): boolean {
    const tenant = this.tenants.find((one) => one.tenantId === tenantId);
    return tenant?.servicePrincipals.includes(clientId) ?? true;
  }

  /** Returns the user with this name, in which case doesn't matter. */
  userByName(username: string): DirectoryUser | undefined {
    return this.users.find((user) => user.username.toLowerCase() === username.toLowerCase());
  }

  /** Returns what a principal is, or undefined if it was never in the directory. */
  principalKind(objectId: string): keyof Entries | "deleted" | undefined {
    const change = this.#change(objectId);
    if (change?.type === deleted) return "deleted";
    return Object.entries(entryTypes).find(([, { event }]) => event === change?.type)?.[0] as keyof Entries;
  }

  /** Returns whether the principal has a role on the resource, or undefined if it was never in the directory. */
  hasRole(objectId: string): boolean | undefined {
    const change = this.#change(objectId);
    if (change?.type === deleted) return false;
    return change && "hasRole" in change ? change.hasRole : undefined;
  }

  /** A tenant exists as long as it was set, or has an application, user or group. */
  hasTenant(tenantId: string): boolean {
    return [...this.applications, ...this.users, ...this.groups, ...this.tenants].some(
      (one) => one.tenantId === tenantId.toLowerCase(),
    );
  }

  /** Returns the id of the tenant whose users have this domain, or else the name itself, in lower case. */
  tenantNamed(name: string): string {
    const domain = name.toLowerCase();
    const user = this.users.find(({ username }) => username.toLowerCase().endsWith(`@${domain}`));
    return user?.tenantId ?? domain;
  }

  /** Adds an application, user, group or tenant, or changes the given members. @throws TypeError if one isn't valid. */
  set<Name extends keyof Entries>(draft: Draft, name: Name, given: Given<Entries[Name]>): Entries[Name] {
    const entry = this.#resolve(name, given);
    draft.add(changeEvent(name, entry));
    return entry;
  }

  /** @param now - In milliseconds since 1970, by the machine's clock. */
  delete(draft: Draft, given: string, now: number): void {
    const objectId = given.toLowerCase();
    draft.add({ type: deleted, objectId, ...(!this.#seeds.has(objectId) && { at: now }) });
  }

  #seed<Name extends keyof Entries>(name: Name, given: Given<Entries[Name]>): void {
    const change = changeEvent(name, this.#resolve(name, given));
    this.#seeds.set(change.type === "entraTenantSet" ? tenantKey(change.tenantId) : change.objectId, change);
    this.#lists = undefined;
  }

  #change(objectId: string): EntraChange | EntraPrincipalDeleted | undefined {
    const id = objectId.toLowerCase();
    const { entraChanges, deletedPrincipals } = this.#state;
    return entraChanges.get(id) ?? deletedPrincipals.get(id) ?? this.#seeds.get(id);
  }

  #list<Name extends keyof Entries>(name: Name): readonly Entries[Name][] {
    const { entraChanges, deletedPrincipals, entraRevision } = this.#state;
    if (this.#revision !== entraRevision) {
      this.#revision = entraRevision;
      this.#lists = undefined;
    }
    const seeds = () => [...this.#seeds].filter(([id]) => !deletedPrincipals.has(id));
    this.#lists ??= listByName([...new Map([...seeds(), ...entraChanges]).values()]);
    return this.#lists[name];
  }

  #resolve<Name extends keyof Entries>(name: Name, given: Given<Entries[Name]>): Entries[Name] {
    const { event, id, words, constraints, defaults } = entryTypes[name];
    const entryId = (entry: unknown) => (entry as Record<string, unknown> | undefined)?.[id];
    const before = this.#list(name).find((entry) => entryId(entry) === entryId(given));
    const entry = resolved<object>(words, constraints, given, defaults(Object(given)), before);
    const { objectId = "", username = "" } = entry as Partial<DirectoryUser>;
    const holder = this.#change(objectId);
    check(
      holder?.type === event ? entryId(holder) === entryId(entry) : (holder?.type ?? deleted) === deleted,
      `${words}'s objectId must not be that of another entry`,
    );
    const { objectId: objectIdBefore = objectId } = (before ?? {}) as Partial<DirectoryUser>;
    check(objectIdBefore === objectId, `${words}'s objectId can't be changed. Delete the principal first`);
    const namesake = username === "" ? undefined : this.userByName(username);
    check(
      (namesake?.objectId ?? objectId) === objectId,
      `${words}'s username must not be that of another user`,
    );
    return entry as Entries[Name];
  }
}

function listByName(changes: readonly EntraChange[]): Lists {
  return {
    application: entriesNamed("application", changes),
    user: entriesNamed("user", changes),
    group: entriesNamed("group", changes),
    tenant: entriesNamed("tenant", changes),
  };
}

function entriesNamed<Name extends keyof Entries>(
  name: Name,
  changes: readonly EntraChange[],
): Entries[Name][] {
  return changes.flatMap(({ type, ...entry }) =>
    type === entryTypes[name].event ? (entry as unknown as Entries[Name]) : [],
  );
}

function changeEvent<Name extends keyof Entries>(name: Name, entry: Entries[Name]): EntraChange {
  return { type: entryTypes[name].event, ...entry } as unknown as EntraChange;
}
