import type { ServiceCore } from "../serviceCore.js";
import {
  type EntraApplication,
  type EntraUser,
  wellKnownClientSecret,
  wellKnownEntra,
} from "./principals.js";

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
  readonly applications: readonly Required<EntraApplication>[];
  /**
   * The users of every tenant. The well-known ones are Alice, who may do everything, and Bob, who has no role and
   * no Teams license.
   */
  readonly users: readonly Required<EntraUser>[];
  /**
   * Adds an application, or changes the given members of the one with this client id. For example,
   * `permissions: []` removes every consent.
   * @throws TypeError when the application isn't valid.
   */
  setApplication(application: EntraApplication): void;
  /** Adds a user, or changes the given members of the one with this object id. @throws TypeError if it isn't valid. */
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
