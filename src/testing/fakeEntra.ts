import type { EntraAssignment } from "../generated/models.js";
import type { Fake } from "./service/fake.js";
import type { EntraGroup, EntraTenant } from "./state/entries/groups.js";
import {
  type EntraApplication,
  type EntraUser,
  wellKnownClientSecret,
  wellKnownEntra,
} from "./state/entries/principals.js";
import type { Complete } from "./validation/constraints.js";

/** The Entra ID authority of a fake service, at the service's own endpoint. */
export interface FakeEntra {
  /**
   * For `authorityHost` of `@azure/identity` and, followed by a slash and a tenant, `authority` of MSAL.
   * It has no trailing slash.
   */
  readonly authorityHost: string;
  /** The id of the well-known tenant. */
  readonly tenantId: string;
  /** The client id of the well-known application, which initially has a role and every consent. */
  readonly clientId: string;
  /** A client secret of the well-known application. The default one is public. */
  readonly clientSecret: string;
  /** The applications of every tenant. */
  readonly applications: readonly Complete<EntraApplication>[];
  /**
   * The users of every tenant. The well-known ones are Alice, who may do everything, and Bob, who has no role and
   * no Teams license.
   */
  readonly users: readonly Complete<EntraUser>[];
  /** The groups of every tenant. */
  readonly groups: readonly Complete<EntraGroup>[];
  /** The tenants that were set. Any other one has a service principal of both of Microsoft's applications. */
  readonly tenants: readonly Complete<EntraTenant>[];
  /** Who may exchange an Entra token for one of ACS: the resource's Entra assignments. */
  readonly assignments: readonly Readonly<EntraAssignment>[];
  /**
   * Adds an application, or changes the given members of the one with this client id. For example,
   * `permissions: []` removes every consent.
   *
   * @param application - The application, of which `clientId` is required. What it omits stays, or gets its default if it's new.
   * @throws TypeError if the application isn't valid.
   * @example
   * ```ts
   * service.entra.setApplication({ clientId, permissions: [] });
   * ```
   */
  setApplication(application: EntraApplication): void;
  /**
   * Adds a user, or changes the given members of the one with this object id.
   *
   * @param user - The user, of which `objectId` and `username` are required. What it omits stays, or gets its default if it's new.
   * @throws TypeError if it isn't valid.
   * @example
   * ```ts
   * service.entra.setUser({ objectId: userObjectId, username: "carol@contoso.com", hasTeamsLicense: false });
   * ```
   */
  setUser(user: EntraUser): void;
  /**
   * Adds a group, or changes the given members of the one with this object id.
   *
   * @param group - The group, of which `objectId` is required. What it omits stays, or gets its default if it's new.
   * @throws TypeError if it isn't valid.
   * @example
   * ```ts
   * service.entra.setGroup({ objectId, members: [userObjectId] });
   * ```
   */
  setGroup(group: EntraGroup): void;
  /**
   * Sets which service principals a tenant has. For example, `servicePrincipals: []` makes sign-ins for the
   * permissions of ACS fail.
   *
   * @param tenant - The tenant, of which `tenantId` is required.
   * @throws TypeError if it isn't valid.
   * @example
   * ```ts
   * service.entra.setTenant({ tenantId, servicePrincipals: [] });
   * ```
   */
  setTenant(tenant: EntraTenant): void;
  /**
   * Creates an Entra assignment, or replaces the one with this object id.
   *
   * @param assignment - Who may exchange tokens, and with which applications. All four members are required.
   * @throws TypeError if it isn't valid.
   * @example
   * ```ts
   * service.entra.setAssignment({ objectId, tenantId, principalType: "user", clientIds: [clientId] });
   * ```
   */
  setAssignment(assignment: Readonly<EntraAssignment>): void;
  /**
   * Deletes the Entra assignment with this object id, if there is one.
   *
   * @param objectId - The object id of the assignment's user, group or tenant.
   * @example
   * ```ts
   * service.entra.deleteAssignment(objectId);
   * ```
   */
  deleteAssignment(objectId: string): void;
  /**
   * Deletes the user, group or application with this object id, if there is one.
   *
   * @param objectId - An object id; an application's is its service principal's.
   * @example
   * ```ts
   * service.entra.deletePrincipal(userObjectId);
   * ```
   */
  deletePrincipal(objectId: string): void;
}

export function fakeEntra(fake: Fake): FakeEntra {
  const { directory, assignments } = fake.entra;
  const { store } = fake;
  return {
    get authorityHost() {
      return fake.endpoint.replace(/\/$/, "");
    },
    tenantId: wellKnownEntra.tenantId,
    clientId: wellKnownEntra.clientId,
    get clientSecret() {
      return directory.application(wellKnownEntra.clientId)?.clientSecrets[0] ?? wellKnownClientSecret;
    },
    get applications() {
      return directory.applications;
    },
    get users() {
      return directory.users;
    },
    get groups() {
      return directory.groups;
    },
    get tenants() {
      return directory.tenants;
    },
    get assignments() {
      return assignments.list;
    },
    setApplication: (given) => store.changeSoon((draft) => directory.set(draft, "application", given)),
    setUser: (given) => store.changeSoon((draft) => directory.set(draft, "user", given)),
    setGroup: (given) => store.changeSoon((draft) => directory.set(draft, "group", given)),
    setTenant: (given) => store.changeSoon((draft) => directory.set(draft, "tenant", given)),
    setAssignment: (assignment) => store.changeSoon((draft) => assignments.set(draft, assignment)),
    deleteAssignment: (objectId) => store.changeSoon((draft) => assignments.delete(draft, objectId)),
    deletePrincipal: (objectId) =>
      store.changeSoon((draft) => directory.delete(draft, objectId, fake.clock.wallTime)),
  };
}
