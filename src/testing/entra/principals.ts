import { check } from "../check.js";
import { boolean, guid, type Kinds, resolved, text, texts } from "../kinds.js";
import { knownPermissions } from "./permissions.js";

/** The tenant, service principal and application that every fake service knows. */
export const wellKnownEntra = {
  tenantId: "00ac5000-7e4a-4717-8000-000000000001",
  objectId: "00ac5000-05e2-4717-8000-000000000002",
  clientId: "00ac5000-a991-4717-8000-000000000003",
} as const;

/** The secret of the well-known application. It is public by design, like the well-known access key. */
export const wellKnownClientSecret = "acs-identity-emulator-well-known-client-secret";

/** An application registered in Entra ID, with its service principal. */
export interface EntraApplication {
  /** A GUID in lower case. */
  readonly clientId: string;
  /** The tenant that it is registered in, a GUID in lower case. @defaultValue the well-known tenant */
  readonly tenantId?: string;
  /** The object id of its service principal, a GUID in lower case. @defaultValue the client id */
  readonly objectId?: string;
  /** The name to show. @defaultValue the client id */
  readonly name?: string;
  /** The secrets that it can sign in with. @defaultValue none, which makes it a public client unless it has a certificate */
  readonly clientSecrets?: readonly string[];
  /** Certificates or public keys in PEM that client assertions are verified with. @defaultValue none */
  readonly certificates?: readonly string[];
  /** The URIs that users may be redirected to. Loopback URIs are always allowed. @defaultValue none */
  readonly redirectUris?: readonly string[];
  /**
   * The delegated permissions with consent, as scopes such as
   * `https://auth.msft.communication.azure.com/Teams.ManageCalls`.
   *
   * @defaultValue all of ACS, and Graph's `User.Read`
   */
  readonly permissions?: readonly string[];
  /** Whether it has a role on the ACS resource and so may call the service. @defaultValue true */
  readonly hasRole?: boolean;
}

/** A user of an Entra tenant. */
export interface EntraUser {
  /** A GUID in lower case. */
  readonly objectId: string;
  /** A GUID in lower case. @defaultValue the well-known tenant */
  readonly tenantId?: string;
  /** The name to sign in with: `alice@contoso.com`. */
  readonly username: string;
  /** The name to show. @defaultValue the username */
  readonly name?: string;
  /** Whether the user has a Teams license, which `getTokenForTeamsUser` requires. @defaultValue true */
  readonly hasTeamsLicense?: boolean;
  /** Whether the user has a role on the ACS resource and so may call the service. @defaultValue true */
  readonly hasRole?: boolean;
}

/** An application with its defaults filled in. */
export type Application = Required<EntraApplication>;

/** A user with its defaults filled in. */
export type DirectoryUser = Required<EntraUser>;

export const applicationKinds: Kinds<Application> = {
  clientId: guid,
  tenantId: guid,
  objectId: guid,
  name: text,
  clientSecrets: texts,
  certificates: texts,
  redirectUris: texts,
  permissions: texts,
  hasRole: boolean,
};

export const userKinds: Kinds<DirectoryUser> = {
  objectId: guid,
  tenantId: guid,
  username: text,
  name: text,
  hasTeamsLicense: boolean,
  hasRole: boolean,
};

export const seededApplication: Application = resolveApplication({
  ...wellKnownEntra,
  name: "Emulator application",
  clientSecrets: [wellKnownClientSecret],
});

/** Alice may do everything; Bob has neither a role nor a Teams license. */
export const seededUsers: readonly DirectoryUser[] = [
  { objectId: "00ac5000-a11c-4717-8000-000000000004", username: "alice@contoso.com", name: "Alice" },
  {
    objectId: "00ac5000-0b0b-4717-8000-000000000005",
    username: "bob@contoso.com",
    name: "Bob",
    hasTeamsLicense: false,
    hasRole: false,
  },
].map((user) => resolveUser(user));

/**
 * Fills in missing members from the existing application, or else from the defaults.
 * @throws TypeError that names the member that isn't valid.
 */
export function resolveApplication(given: EntraApplication, before?: Application): Application {
  const defaults = {
    tenantId: wellKnownEntra.tenantId,
    objectId: given?.clientId,
    name: given?.clientId,
    clientSecrets: [],
    certificates: [],
    redirectUris: [],
    permissions: knownPermissions,
    hasRole: true,
  };
  return resolved("An application", applicationKinds, given, defaults, before);
}

/** Like {@link resolveApplication}. */
export function resolveUser(given: EntraUser, before?: DirectoryUser): DirectoryUser {
  const { tenantId } = wellKnownEntra;
  const defaults = { tenantId, name: given?.username, hasTeamsLicense: true, hasRole: true };
  const user = resolved("An Entra user", userKinds, given, defaults, before);
  check(user.username !== "", "An Entra user needs a username");
  return user;
}
