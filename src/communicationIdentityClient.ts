import type { KeyCredential, TokenCredential } from "@azure/core-auth";
import type { OperationOptions } from "@azure/core-client";
import * as operations from "./generated/operations.js";
import type {
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
  TokenScope,
} from "./models.js";
import { readClientArguments } from "./operation/clientArguments.js";
import { createOperationContext } from "./operation/context.js";
import {
  requireAssignment,
  requireCustomId,
  requireMinutes,
  requirePrincipal,
  requireScopes,
  requireText,
  requireUserId,
} from "./operation/methodArguments.js";
import type { CallOperation } from "./operation/operation.js";
import { createIdentityWithToken, toUser, toUserDetail, toUserToken } from "./operation/results.js";
import { inSpan } from "./pipeline/tracing.js";

/**
 * Creates users of an ACS resource and issues, exchanges and revokes their access tokens.
 *
 * One client serves any number of concurrent calls, and holds no connection that must be closed.
 *
 * Every method rejects with
 * - `TypeError`, before anything is sent, for what can't be a valid call;
 * - `RestError` when the service refuses (`statusCode`, `code`, `details.error`) or can't be reached (`code`);
 * - an error named `AbortError` when `abortSignal` ends the call.
 */
export class CommunicationIdentityClient {
  /**
   * No `#private` member, which can't be reached through a proxy, such as Vue's `reactive` makes of a client; and not
   * enumerable, so that a client can be cloned and printed.
   */
  declare private readonly call: CallOperation;

  /**
   * @param connectionString - `endpoint=https://<resource>.communication.azure.com/;accesskey=<key>`.
   * @param options - Options of the client.
   * @throws TypeError when the connection string can't be read. The message holds no part of it.
   */
  constructor(connectionString: string, options?: CommunicationIdentityClientOptions);
  /**
   * @param endpoint - `https://<resource>.communication.azure.com`. Plain http works for a loopback host.
   * @param credential - An access key of the resource.
   * @param options - Options of the client.
   * @throws TypeError when the endpoint or the key can't be used.
   */
  constructor(endpoint: string, credential: KeyCredential, options?: CommunicationIdentityClientOptions);
  /**
   * @param endpoint - `https://<resource>.communication.azure.com`. Plain http works for a loopback host.
   * @param credential - An Entra ID credential, such as `DefaultAzureCredential` of `@azure/identity`.
   * @param options - Options of the client.
   * @throws TypeError when the endpoint can't be used.
   */
  constructor(endpoint: string, credential: TokenCredential, options?: CommunicationIdentityClientOptions);
  constructor(
    connectionStringOrEndpoint: string,
    credentialOrOptions?: KeyCredential | TokenCredential | CommunicationIdentityClientOptions,
    maybeOptions?: CommunicationIdentityClientOptions,
  ) {
    const context = createOperationContext(
      readClientArguments(connectionStringOrEndpoint, credentialOrOptions, maybeOptions),
    );
    const call: CallOperation = (method, options, operation, ...args) =>
      inSpan(`CommunicationIdentityClient.${method}`, options ?? {}, (traced) =>
        operation({ ...context, method }, ...args, traced),
      );
    Object.defineProperty(this, "call", { value: call });
  }

  /**
   * Creates a user. A retry after a lost answer may create a second one, which stays unused.
   *
   * @param options - Options of the call; `customId` makes the call idempotent.
   */
  async createUser(options?: CreateUserOptions): Promise<CommunicationUserIdentifier> {
    const body = requireCustomId(options?.customId);
    return toUser(await this.call("createUser", options, operations.createIdentity, body));
  }

  /**
   * Creates a user and issues a token for it in one call. A retry after a lost answer may create a second user.
   *
   * @param scopes - What the token permits.
   * @param options - Options of the call.
   */
  async createUserAndToken(
    scopes: TokenScope[],
    options?: CreateUserAndTokenOptions,
  ): Promise<CommunicationUserToken> {
    const body = {
      createTokenWithScopes: requireScopes(scopes),
      ...requireMinutes(options?.tokenExpiresInMinutes),
      ...requireCustomId(options?.customId),
    };
    return toUserToken(await this.call("createUserAndToken", options, createIdentityWithToken, body));
  }

  /**
   * Issues a token for a user. A user may hold several at once; this is also how a token is renewed.
   *
   * @param user - The user, `{ communicationUserId }`.
   * @param scopes - What the token permits.
   * @param options - Options of the call.
   */
  async getToken(
    user: CommunicationUserIdentifier,
    scopes: TokenScope[],
    options?: GetTokenOptions,
  ): Promise<CommunicationAccessToken> {
    const id = requireUserId(user);
    const body = { scopes: requireScopes(scopes), ...requireMinutes(options?.tokenExpiresInMinutes) };
    return await this.call("getToken", options, operations.issueAccessToken, id, body);
  }

  /**
   * Revokes every token that was issued for a user. The user stays and can be given new ones.
   *
   * @param user - The user, `{ communicationUserId }`.
   * @param options - Options of the call.
   */
  async revokeTokens(user: CommunicationUserIdentifier, options?: OperationOptions): Promise<void> {
    const id = requireUserId(user);
    await this.call("revokeTokens", options, operations.revokeAccessTokens, id);
  }

  /**
   * Deletes a user, revokes its tokens and deletes its data.
   *
   * @param user - The user, `{ communicationUserId }`.
   * @param options - Options of the call.
   */
  async deleteUser(user: CommunicationUserIdentifier, options?: OperationOptions): Promise<void> {
    const id = requireUserId(user);
    await this.call("deleteUser", options, operations.deleteIdentity, id);
  }

  /**
   * Exchanges the Entra access token of a Teams user for an ACS token that expires at the same time.
   *
   * @param options - The token, the application and the user that it must belong to; options of the call.
   */
  async getTokenForTeamsUser(options: GetTokenForTeamsUserOptions): Promise<CommunicationAccessToken> {
    const body = {
      token: requireText(options?.teamsUserAadToken, "teamsUserAadToken", 0),
      appId: requireText(options?.clientId, "clientId", 0),
      userId: requireText(options?.userObjectId, "userObjectId", 0),
    };
    return await this.call("getTokenForTeamsUser", options, operations.exchangeTeamsUserAccessToken, body);
  }

  /**
   * Reads a user. Service version 2025-03-02-preview only.
   *
   * @param user - The user, `{ communicationUserId }`.
   * @param options - Options of the call.
   */
  async getUserDetail(
    user: CommunicationUserIdentifier,
    options?: OperationOptions,
  ): Promise<CommunicationUserDetail> {
    const id = requireUserId(user);
    return toUserDetail(await this.call("getUserDetail", options, operations.getIdentity, id));
  }

  /**
   * Reads the assignment that lets a Teams principal use the resource. Sent with version 2025-06-30 or later.
   *
   * @param tenantId - The id of the Entra tenant.
   * @param objectId - The object id of the principal.
   * @param options - Options of the call.
   */
  async getTeamsExtensionAssignment(
    tenantId: string,
    objectId: string,
    options?: OperationOptions,
  ): Promise<TeamsExtensionAssignment> {
    const path = requireAssignment(tenantId, objectId);
    return await this.call(
      "getTeamsExtensionAssignment",
      options,
      operations.getTeamsExtensionAssignment,
      ...path,
    );
  }

  /**
   * Creates or replaces such an assignment. Sent with version 2025-06-30 or later.
   *
   * @param tenantId - The id of the Entra tenant.
   * @param objectId - The object id of the principal.
   * @param assignment - The kind of principal, and the applications that it may use.
   * @param options - Options of the call.
   */
  async upsertTeamsExtensionAssignment(
    tenantId: string,
    objectId: string,
    assignment: TeamsExtensionAssignmentInput,
    options?: OperationOptions,
  ): Promise<TeamsExtensionAssignment> {
    const path = requireAssignment(tenantId, objectId);
    const body = requirePrincipal(assignment);
    return await this.call(
      "upsertTeamsExtensionAssignment",
      options,
      operations.upsertTeamsExtensionAssignment,
      ...path,
      body,
    );
  }

  /**
   * Deletes such an assignment. Sent with version 2025-06-30 or later.
   *
   * @param tenantId - The id of the Entra tenant.
   * @param objectId - The object id of the principal.
   * @param options - Options of the call.
   */
  async deleteTeamsExtensionAssignment(
    tenantId: string,
    objectId: string,
    options?: OperationOptions,
  ): Promise<void> {
    const path = requireAssignment(tenantId, objectId);
    await this.call(
      "deleteTeamsExtensionAssignment",
      options,
      operations.deleteTeamsExtensionAssignment,
      ...path,
    );
  }
}
