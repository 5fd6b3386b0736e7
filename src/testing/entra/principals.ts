import { check, isGuid } from "../check.js";
import { checkMembers } from "../checkMembers.js";
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

const applicationMembers: readonly (keyof EntraApplication)[] = [
  "clientId",
  "tenantId",
  "objectId",
  "name",
  "clientSecrets",
  "certificates",
  "redirectUris",
  "permissions",
  "hasRole",
];

const userMembers: readonly (keyof EntraUser)[] = [
  "objectId",
  "tenantId",
  "username",
  "name",
  "hasTeamsLicense",
  "hasRole",
];

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
  checkMembers(given, applicationMembers, "An application");
  const application: Application = {
    tenantId: wellKnownEntra.tenantId,
    objectId: given.clientId,
    name: given.clientId,
    clientSecrets: [],
    certificates: [],
    redirectUris: [],
    permissions: knownPermissions,
    hasRole: true,
    ...before,
    ...given,
  };
  checkGuids(application, "clientId", "tenantId", "objectId");
  checkAll("An application's", application, "string", "name");
  checkAll("An application's", application, "boolean", "hasRole");
  checkTexts("An application's", application, "clientSecrets", "certificates", "redirectUris", "permissions");
  return application;
}

/** Like {@link resolveApplication}. */
export function resolveUser(given: EntraUser, before?: DirectoryUser): DirectoryUser {
  checkMembers(given, userMembers, "An Entra user");
  const user: DirectoryUser = {
    tenantId: wellKnownEntra.tenantId,
    name: given.username,
    hasTeamsLicense: true,
    hasRole: true,
    ...before,
    ...given,
  };
  checkGuids(user, "objectId", "tenantId");
  checkAll("An Entra user's", user, "string", "username", "name");
  check(user.username !== "", "An Entra user needs a username");
  checkAll("An Entra user's", user, "boolean", "hasTeamsLicense", "hasRole");
  return user;
}

/** @throws TypeError if one of the members isn't a GUID in lower case. */
export function checkGuids<Name extends string>(
  value: Readonly<Record<Name, unknown>>,
  ...names: Name[]
): void {
  for (const name of names) {
    check(isGuid(String(value[name])), `${name} must be a GUID in lower case`);
  }
}

/** @throws TypeError if one of the members has another type. */
export function checkAll<Name extends string>(
  whose: string,
  value: Readonly<Record<Name, unknown>>,
  type: "string" | "boolean",
  ...names: Name[]
): void {
  for (const name of names) check(typeof value[name] === type, `${whose} ${name} must be a ${type}`);
}

/** @throws TypeError if one of the members isn't an array of non-empty strings. */
export function checkTexts<Name extends string>(
  whose: string,
  value: Readonly<Record<Name, unknown>>,
  ...names: Name[]
): void {
  for (const name of names) {
    const texts = value[name];
    const isTexts = Array.isArray(texts) && texts.every((text) => typeof text === "string" && text !== "");
    check(isTexts, `${whose} ${name} must be an array of strings`);
  }
}
