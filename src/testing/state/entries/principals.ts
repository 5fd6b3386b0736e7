import {
  arrayOf,
  boolean,
  type Complete,
  type Constraints,
  type Given,
  guid,
  nonEmptyText,
  oneOf,
  text,
  texts,
} from "../../validation/constraints.js";
import { publicKeyIn } from "./pem.js";
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
  readonly tenantId?: string | undefined;
  /** The object id of its service principal, a GUID in lower case. @defaultValue the client id */
  readonly objectId?: string | undefined;
  /** The name to show. @defaultValue the client id */
  readonly name?: string | undefined;
  /** The secrets that it can sign in with. @defaultValue none, which makes it a public client unless it has a certificate */
  readonly clientSecrets?: readonly string[] | undefined;
  /** Certificates or public keys in PEM that client assertions are verified with. @defaultValue none */
  readonly certificates?: readonly string[] | undefined;
  /** The URIs, with a scheme, that users may be redirected to. Loopback URIs are always allowed. @defaultValue none */
  readonly redirectUris?: readonly string[] | undefined;
  /**
   * The delegated permissions with consent, as scopes such as
   * `https://auth.msft.communication.azure.com/Teams.ManageCalls`.
   *
   * @defaultValue all of ACS, and Graph's `User.Read`
   */
  readonly permissions?: readonly string[] | undefined;
  /**
   * Whether the authorization endpoint gives it ID tokens: Microsoft Graph's member of this name, "ID tokens" among the
   * portal's settings for authentication, where it's false at first.
   *
   * @defaultValue true
   */
  readonly enableIdTokenIssuance?: boolean | undefined;
  /** Whether it has a role on the ACS resource and so may call the service. @defaultValue true */
  readonly hasRole?: boolean | undefined;
}

/** A user of an Entra tenant. */
export interface EntraUser {
  /** A GUID in lower case. */
  readonly objectId: string;
  /** A GUID in lower case. @defaultValue the well-known tenant */
  readonly tenantId?: string | undefined;
  /** The name to sign in with: `alice@contoso.com`. */
  readonly username: string;
  /** The name to show. @defaultValue the username */
  readonly name?: string | undefined;
  /** The address in tokens with the scope `email`. An empty string if the user has none. @defaultValue the username */
  readonly email?: string | undefined;
  /** Whether the user has a Teams license, which `getTokenForTeamsUser` requires. @defaultValue true */
  readonly hasTeamsLicense?: boolean | undefined;
  /** Whether the user has a role on the ACS resource and so may call the service. @defaultValue true */
  readonly hasRole?: boolean | undefined;
}

export type Application = Complete<EntraApplication>;

export type DirectoryUser = Complete<EntraUser>;

/** What the directory has to know of a type of its entries. */
export interface EntryType<Entry> {
  /** The type of the event that sets an entry. */
  readonly event: "entraApplicationSet" | "entraUserSet" | "entraGroupSet" | "entraTenantSet";
  /** The member that identifies an entry. */
  readonly id: keyof Entry & string;
  readonly words: string;
  readonly constraints: Constraints<Entry>;
  /** Returns what missing members become. */
  defaults(given: Given<Entry>): Partial<Entry>;
}

export const applicationType: EntryType<Application> = {
  event: "entraApplicationSet",
  id: "clientId",
  words: "An application",
  constraints: {
    clientId: guid,
    tenantId: guid,
    objectId: guid,
    name: text,
    clientSecrets: texts,
    certificates: arrayOf(
      "an array of certificates or public keys in PEM",
      (value) => typeof value === "string" && publicKeyIn(value) !== undefined,
    ),
    redirectUris: arrayOf(
      "an array of URIs with a scheme, such as https://app.example/callback",
      isRedirectUri,
    ),
    permissions: arrayOf(
      `an array of scopes among ${knownPermissions.join(", ")}`,
      oneOf(knownPermissions).is,
    ),
    enableIdTokenIssuance: boolean,
    hasRole: boolean,
  },
  defaults: ({ clientId }) => ({
    tenantId: wellKnownEntra.tenantId,
    ...(clientId && { objectId: clientId, name: clientId }),
    clientSecrets: [],
    certificates: [],
    redirectUris: [],
    permissions: knownPermissions,
    enableIdTokenIssuance: true,
    hasRole: true,
  }),
};

/** A browser runs what some schemes hold, and whoever writes `localhost:` means a host. */
const noRedirects: readonly string[] = ["javascript:", "data:", "vbscript:", "blob:", "localhost:"];

function isRedirectUri(value: unknown): boolean {
  return typeof value === "string" && URL.canParse(value) && !noRedirects.includes(new URL(value).protocol);
}

export const directoryUserType: EntryType<DirectoryUser> = {
  event: "entraUserSet",
  id: "objectId",
  words: "An Entra user",
  constraints: {
    objectId: guid,
    tenantId: guid,
    username: nonEmptyText,
    name: text,
    email: text,
    hasTeamsLicense: boolean,
    hasRole: boolean,
  },
  defaults: ({ username = "" }) => ({
    tenantId: wellKnownEntra.tenantId,
    name: username,
    email: username,
    hasTeamsLicense: true,
    hasRole: true,
  }),
};

export const seededApplication: EntraApplication = {
  ...wellKnownEntra,
  name: "Emulator application",
  clientSecrets: [wellKnownClientSecret],
};

/** Alice may do everything; Bob has neither a role nor a Teams license. */
export const seededUsers: readonly EntraUser[] = [
  { objectId: "00ac5000-a11c-4717-8000-000000000004", username: "alice@contoso.com", name: "Alice" },
  {
    objectId: "00ac5000-0b0b-4717-8000-000000000005",
    username: "bob@contoso.com",
    name: "Bob",
    hasTeamsLicense: false,
    hasRole: false,
  },
];
