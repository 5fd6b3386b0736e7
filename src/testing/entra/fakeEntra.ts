import type { ServiceCore } from "../serviceCore.js";
import {
  type EntraApplication,
  type EntraUser,
  wellKnownClientSecret,
  wellKnownEntra,
} from "./principals.js";

/** The Entra ID authority beside a fake service, at the service's own endpoint. */
export interface FakeEntra {
  /** For `authorityHost` of `@azure/identity` and, followed by a tenant, `authority` of MSAL. Without a slash at the end. */
  readonly authorityHost: string;
  /** Of the well-known tenant. */
  readonly tenantId: string;
  /** Of the well-known application, which has a role and every consent. */
  readonly clientId: string;
  /** Of the well-known application. It is no secret. */
  readonly clientSecret: string;
  /** The applications of every tenant. */
  readonly applications: readonly Required<EntraApplication>[];
  /** The users of every tenant; at first Alice, who may do everything, and Bob, who has no role and no Teams license. */
  readonly users: readonly Required<EntraUser>[];
  /**
   * Adds an application, or changes the given members of the one with this client id: `permissions: []` takes every
   * consent away.
   * @throws TypeError when it can't be used.
   */
  setApplication(application: EntraApplication): void;
  /** Adds a user, or changes the given members of the one with this object id. @throws TypeError when it can't be used. */
  setUser(user: EntraUser): void;
  /** Deletes the user or application with this object id. */
  deletePrincipal(objectId: string): void;
}

export function fakeEntra(core: ServiceCore): FakeEntra {
  const { directory } = core.entra;
  return {
    get authorityHost() {
      return core.endpoint.replace(/\/$/, "");
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
    setApplication: (application) => void directory.setApplication(application),
    setUser: (user) => void directory.setUser(user),
    deletePrincipal: (objectId) => directory.delete(objectId),
  };
}
