import type { CommonClientOptions, OperationOptions } from "@azure/core-client";
import type { PipelineRetryOptions } from "@azure/core-rest-pipeline";
import type { ApiVersion } from "./generated/apiVersions.js";
import type { AccessKeyCredentialPolicyOptions } from "./pipeline/accessKeyPolicy.js";
import type { LoggingOptions } from "./pipeline/logPolicy.js";

/** A user of an ACS resource. The same shape as in `@azure/communication-common`. */
export interface CommunicationUserIdentifier {
  /** The id of the user, `8:acs:<resource guid>_<user guid>`. */
  communicationUserId: string;
}

/** An access token of a user. */
export interface CommunicationAccessToken {
  /** The token, for the calling and chat SDKs. Its format isn't part of the contract. */
  token: string;
  /** When the token expires. */
  expiresOn: Date;
}

/** A new user with an access token. */
export interface CommunicationUserToken extends CommunicationAccessToken {
  /** The user that the token was issued for. */
  user: CommunicationUserIdentifier;
}

/**
 * What a token permits. The `join` scopes need service version 2023-10-01 or later.
 *
 * The union is closed, as in the official package, so that a misspelled scope doesn't compile. At run time the client sends
 * any string, since the service decides which scopes are valid.
 */
export type TokenScope = "chat" | "voip" | "chat.join" | "chat.join.limited" | "voip.join";

/** Options of a {@link CommunicationIdentityClient}. */
export interface CommunicationIdentityClientOptions
  extends CommonClientOptions,
    AccessKeyCredentialPolicyOptions {
  /**
   * The version of the service to use. Operations that were added later are sent with the stable version that
   * introduced them. The type is open, since a version may be newer than this package.
   *
   * @defaultValue `"2023-10-01"`, the newest that the service accepts in recorded traffic
   */
  apiVersion?: ApiVersion | (string & Record<never, never>) | undefined;
  /**
   * The audience of Entra ID tokens, without `/.default`, for a sovereign cloud. It never depends on the endpoint. No source
   * of Microsoft's confirms the audience of such a cloud.
   *
   * @defaultValue `"https://communication.azure.com"`
   */
  audience?: string | undefined;
  /** How requests are logged: the logger to use, and what to log in clear text. */
  loggingOptions?: LoggingOptions;
  /**
   * How often and after what delay lost connections, 408 and 5xx (except 501 and 505) are retried: `maxRetries` (3 by
   * default) times, after `retryDelayInMs` (1000) with exponential backoff and jitter, or after the delay that the service
   * asks for. 429 is retried only if the service asks for a delay. If that is longer than `maxRetryDelayInMs` (64 000), the
   * call fails at once.
   */
  retryOptions?: PipelineRetryOptions;
}

/** Options of {@link CommunicationIdentityClient.createUser}. */
export interface CreateUserOptions extends OperationOptions {}

/** Options of {@link CommunicationIdentityClient.getToken}. */
export interface GetTokenOptions extends OperationOptions {
  /**
   * How long the token is valid, in minutes, 60 to 1440. Needs service version 2022-10-01 or later.
   *
   * @defaultValue 1440, set by the service
   */
  tokenExpiresInMinutes?: number | undefined;
}

/** Options of {@link CommunicationIdentityClient.createUserAndToken}. */
export interface CreateUserAndTokenOptions extends GetTokenOptions {}

/** Options of {@link CommunicationIdentityClient.getTokenForTeamsUser}. */
export interface GetTokenForTeamsUserOptions extends OperationOptions {
  /** The Entra access token of the Teams user. */
  teamsUserAadToken: string;
  /** The client id of the Entra application; must equal the `appid` claim of the token. */
  clientId: string;
  /** The object id of the Teams user; must equal the `oid` claim of the token. */
  userObjectId: string;
}

/**
 * The kind of principal that an assignment is for: `user` and `resourceAccount` as in the specification, and
 * `teamsResourceAccount` as in Microsoft's guides.
 */
export type TeamsExtensionPrincipalType =
  | "resourceAccount"
  | "teamsResourceAccount"
  | "user"
  | (string & Record<never, never>);

/** The content of a Teams extension assignment. */
export interface TeamsExtensionAssignmentInput {
  /** The kind of principal that the object id names. */
  principalType: TeamsExtensionPrincipalType;
  /** The client ids of the Entra applications that the principal may use. */
  clientIds?: readonly string[] | undefined;
}

/** A Teams extension assignment, which lets a principal of a tenant use the resource. */
export interface TeamsExtensionAssignment extends TeamsExtensionAssignmentInput {
  /** The object id of the principal. */
  objectId: string;
  /** The id of the tenant. */
  tenantId: string;
  /** The client ids of the Entra applications that the principal may use; absent if it may use all. */
  clientIds?: string[];
}
