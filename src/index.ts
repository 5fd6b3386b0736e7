export type { KeyCredential, TokenCredential } from "@azure/core-auth";
export type { OperationOptions } from "@azure/core-client";
export { RestError } from "@azure/core-rest-pipeline";
export { AzureKeyCredential } from "./azureKeyCredential.js";
export { CommunicationIdentityClient } from "./communicationIdentityClient.js";
export { type EndpointCredential, parseConnectionString } from "./connectionString.js";
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
export type { ServiceError } from "./operation/errorDetails.js";
export { type FailureInfo, isRestError } from "./operation/failure.js";
export {
  createCommunicationKeyCredentialPolicy,
  type KeyCredentialPolicyOptions,
} from "./pipeline/accessKeyPolicy.js";
export type { LoggingOptions } from "./pipeline/logPolicy.js";
