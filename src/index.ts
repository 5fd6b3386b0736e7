export type { KeyCredential, TokenCredential } from "@azure/core-auth";
export type { OperationOptions } from "@azure/core-client";
export { RestError } from "@azure/core-rest-pipeline";
export { AzureKeyCredential } from "./auth/azureKeyCredential.js";
export {
  createCommunicationKeyCredentialPolicy,
  type KeyCredentialPolicyOptions,
} from "./auth/keyCredentialPolicy.js";
export { CommunicationIdentityClient } from "./communicationIdentityClient.js";
export { type EndpointCredential, parseConnectionString } from "./connectionString.js";
export type { ServiceError } from "./errorDetails.js";
export { type FailureInfo, isRestError } from "./failure.js";
export type { ApiVersion } from "./generated/apiVersions.js";
export { logger } from "./logger.js";
export type {
  CommunicationAccessToken,
  CommunicationIdentityClientOptions,
  CommunicationUserDetail,
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
export type { LoggingOptions } from "./policies/logPolicy.js";
