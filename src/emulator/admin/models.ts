// What the admin API takes and responds with, for its rows and for the page, which imports nothing else of it.
import type { EntraAssignment } from "../../generated/models.js";
import type { TokenCredentialOptions } from "../../testing/entra/tokens/testCredential.js";
import type { ActiveFault } from "../../testing/faults/faultQueue.js";
import type { Content, LoggedRequest } from "../../testing/log/requestLog.js";
import type { TokenInspection } from "../../testing/operations/inspectToken.js";
import type { EntraGroup, EntraTenant } from "../../testing/state/entries/groups.js";
import type { Application, DirectoryUser } from "../../testing/state/entries/principals.js";
import type { UserView } from "../../testing/state/entries/user.js";
import type { TeamsAssignmentSet } from "../../testing/state/events.js";
import type { Complete } from "../../testing/validation/constraints.js";

/** A response as its reader gets it: dates are ISO 8601. */
export type AsJson<Value> = {
  readonly [Name in keyof Value]: Value[Name] extends Date | undefined
    ? Exclude<Value[Name], Date> | string
    : Value[Name];
};

export interface ClockInfo {
  /** The service's time. */
  readonly time: string;
  readonly frozen: boolean;
  readonly skewInMs: number;
  /** The machine's time, which requests are signed with. */
  readonly wallTime: string;
}

export interface EmulatorInfo extends ClockInfo {
  readonly endpoint: string;
  readonly connectionString: string;
  readonly secondaryConnectionString: string;
  /** The file to trust, if the emulator made its certificate. */
  readonly certificateFile?: string | undefined;
  readonly resourceId: string;
  readonly entra: EntraSettings;
  readonly strictness: "strict" | "standard" | "loose";
  readonly users: number;
  readonly version: string;
  /** How long a revoked token stays valid. */
  readonly revocationDelayInMs: number;
  /** How many faults aren't over. */
  readonly faults: number;
  /** A GUID that each start has another one of. */
  readonly startId: string;
  /** Changes with every reset and every snapshot that is restored, until the next start. */
  readonly resets: number;
  /** Changes with every change of a user, a token, a fault or the request log, until the next start. */
  readonly revision: number;
  /** Changes with every change of a user, a token, an assignment or Entra ID, until the next start. */
  readonly stateRevision: number;
  /** How many requests it has received since its start, which is the newest one's number. */
  readonly requests: number;
  /** How often the log of requests was cleared since the start. */
  readonly requestsCleared: number;
}

export interface NewKey {
  readonly key: string;
  readonly connectionString: string;
}

export interface EntraSettings {
  readonly authorityHost: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Who can sign in at the Entra ID authority, and who may exchange an Entra token. */
export interface EntraDirectory extends EntraSettings {
  /** The environment variables for signing in, a line for each. */
  readonly environment: readonly string[];
  /** The environment variables for a managed identity, by name. */
  readonly managedIdentity: Readonly<Record<string, string>>;
  /** The permissions that exist, as scopes. */
  readonly permissions: readonly string[];
  readonly applications: readonly Application[];
  readonly users: readonly DirectoryUser[];
  readonly groups: readonly Complete<EntraGroup>[];
  readonly tenants: readonly Complete<EntraTenant>[];
  /** The assignments of Teams extension, without those of Entra users. */
  readonly teamsAssignments: readonly TeamsAssignment[];
  readonly entraAssignments: readonly Readonly<EntraAssignment>[];
}

/** A Teams extension assignment. One without client ids is for all applications. */
export type TeamsAssignment = Omit<TeamsAssignmentSet, "type">;

export interface ListedToken {
  readonly number: number;
  /** The raw id of its user. */
  readonly userId: string | undefined;
  readonly scopes: readonly string[];
  readonly issuedAt: string;
  readonly expiresOn: string;
  readonly revokedAt: string | undefined;
}

export interface NewToken extends ListedToken {
  /** The JWT. */
  readonly token: string;
}

export interface TokenList {
  readonly tokens: readonly ListedToken[];
}

export interface TokenText {
  readonly token: string;
}

export interface UserDetails extends Omit<UserView, "createdAt" | "lastTokenIssuedAt"> {
  readonly createdAt: string;
  readonly lastTokenIssuedAt: string | undefined;
}

export interface NewUser extends UserDetails {
  /** Absent if the request names no scopes. */
  readonly accessToken?: NewToken;
}

export interface TokensOfUser {
  /** How many tokens it has, including those that were revoked or have expired. */
  readonly tokenCount: number;
  /** The newest of these tokens, newest first. */
  readonly tokens: readonly ListedToken[];
}

/** A user in a list that was asked for with `tokens`. */
export type ListedUser = UserDetails & TokensOfUser;

export interface UserList<User extends UserDetails = UserDetails & Partial<TokensOfUser>> {
  readonly total: number;
  /** How many users match the search. */
  readonly matching: number;
  readonly users: readonly User[];
}

export interface NumberedRequest extends LoggedRequest {
  /** Counts from 1 since the start. */
  readonly number: number;
}

export interface RequestList<Request = NumberedRequest> {
  /** Newest first. */
  readonly requests: readonly Request[];
  /** How many requests the emulator keeps now. */
  readonly total: number;
  /** How many older ones it has dropped since the log was cleared, because it keeps a limited number. */
  readonly dropped: number;
}

export type ListedRequest = AsJson<NumberedRequest>;

/** A request in a list that was asked for with `brief`. */
export interface RequestLine extends Omit<NumberedRequest, Content> {
  readonly userAgent: string | undefined;
  /** The same for each try of a call. */
  readonly clientRequestId: string | undefined;
  /** The custom id of the user that the request is about, if it has one. */
  readonly customId: string | undefined;
}

export type ListedRequestLine = AsJson<RequestLine>;

/** What is said about a token, as its reader gets it. */
export type Inspection = AsJson<TokenInspection>;

export interface FaultList {
  /** The faults that can still affect a request, oldest first. */
  readonly faults: readonly ActiveFault[];
}

/** What to put into an application's or a user's Entra ID token. The emulator has a default for each member. */
export interface EntraTokenRequest extends TokenCredentialOptions {
  /** Several are separated by spaces. */
  readonly scope?: string | readonly string[];
}
