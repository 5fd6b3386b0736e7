/**
 * The client library for the Azure Communication Services Identity service: users and their access tokens.
 *
 * @example A user and their first token
 * ```ts
 * import { CommunicationIdentityClient } from "acs-identity";
 *
 * const client = new CommunicationIdentityClient(connectionString);
 * const { user, token, expiresOn } = await client.createUserAndToken(["voip"]);
 * ```
 * @example Another token for the same user
 * ```ts
 * const { token, expiresOn } = await client.getToken(user, ["chat", "voip"], { tokenExpiresInMinutes: 60 });
 * ```
 * @module acs-identity
 * @packageDocumentation
 */
export type { KeyCredential, TokenCredential } from "@azure/core-auth";
export type { OperationOptions } from "@azure/core-client";
export { AzureKeyCredential } from "./azureKeyCredential.js";
export { CommunicationIdentityClient } from "./communicationIdentityClient.js";
export { type EndpointCredential, parseConnectionString } from "./connectionString.js";
export {
  type ArgumentErrorCode,
  type ErrorDetails,
  isRestError,
  RestError,
  type RestErrorCode,
  type RestErrorInfo,
  type ServiceError,
  type ServiceErrorCode,
} from "./errors.js";
export type { ApiVersion } from "./generated/apiVersions.js";
export { logger } from "./logger.js";
export type {
  CommunicationAccessToken,
  CommunicationIdentityClientOptions,
  CommunicationUserIdentifier,
  CommunicationUserToken,
  CreateUserAndTokenOptions,
  CreateUserOptions,
  GetTokenForTeamsUserOptions,
  GetTokenOptions,
  TeamsExtensionAssignment,
  TeamsExtensionAssignmentInput,
  TeamsExtensionPrincipalType,
  TokenScope,
} from "./models.js";
export {
  type AccessKeyCredentialPolicyOptions,
  createCommunicationAccessKeyCredentialPolicy,
} from "./pipeline/accessKeyPolicy.js";
export type { LoggingOptions } from "./pipeline/logPolicy.js";
