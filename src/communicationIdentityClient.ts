import type { KeyCredential, TokenCredential } from "@azure/core-auth";
import type { OperationOptions } from "@azure/core-client";
import { callMethod } from "./client/callMethod.js";
import { readClientArguments } from "./client/clientArguments.js";
import { createClientContext } from "./client/context.js";
import {
  requireAssignment,
  requireCustomId,
  requireMinutes,
  requirePrincipal,
  requireScopes,
  requireText,
  requireUserId,
} from "./client/methodArguments.js";
import { createIdentityWithToken, toUser, toUserDetail, toUserToken } from "./client/results.js";
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
import type { ClientContext } from "./operation/operation.js";

const contextKey = Symbol("context");

/** What a client was constructed with. It isn't declared on the class, so that it isn't a part of the public type. */
function contextOf(client: object): ClientContext {
  return (client as { [contextKey]: ClientContext })[contextKey];
}

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
    const args = readClientArguments(connectionStringOrEndpoint, credentialOrOptions, maybeOptions);
    // Not a `#private` member, which a proxy such as Vue's `reactive` can't reach; and not enumerable, so that a client can
    // be cloned and printed.
    Object.defineProperty(this, contextKey, { value: createClientContext(args) });
  }

  /**
   * Creates a user. A retry after a lost answer may create a second one, which stays unused.
   *
   * @param options - Options of the call; `customId` makes the call idempotent.
   * @returns The new user. Store its id: the service has no list of users.
   * @throws RestError with the code `Denied` for a wrong key, clock or role.
   * @example
   * ```ts
   * const { communicationUserId } = await client.createUser();
   * ```
   */
  async createUser(options?: CreateUserOptions): Promise<CommunicationUserIdentifier> {
    const body = requireCustomId(options?.customId);
    return toUser(
      await callMethod(contextOf(this), "createUser", options, (context, traced) =>
        operations.createIdentity(context, body, traced),
      ),
    );
  }

  /**
   * Creates a user and issues a token for it in one call. A retry after a lost answer may create a second user.
   *
   * @param scopes - What the token permits: at least one of `voip`, `chat`, `voip.join`, `chat.join`, `chat.join.limited`.
   * @param options - Options of the call; `tokenExpiresInMinutes` is 60 to 1440, and 1440 by default.
   * @returns The user, the token and when it expires.
   * @throws RestError with the code `ValidationError` for a scope or a lifetime that the service doesn't accept. If a user was
   * created without a token, `details.identity.id` names it.
   * @example
   * ```ts
   * const { user, token, expiresOn } = await client.createUserAndToken(["voip"]);
   * ```
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
    return toUserToken(
      await callMethod(contextOf(this), "createUserAndToken", options, (context, traced) =>
        createIdentityWithToken(context, body, traced),
      ),
    );
  }

  /**
   * Issues a token for a user. A user may hold several at once; this is also how a token is renewed.
   *
   * @param user - The user, `{ communicationUserId }`.
   * @param scopes - What the token permits: at least one of `voip`, `chat`, `voip.join`, `chat.join`, `chat.join.limited`.
   * @param options - Options of the call; `tokenExpiresInMinutes` is 60 to 1440, and 1440 by default.
   * @returns The token and when it expires.
   * @throws RestError with the code `IdentityNotOwned` for a user of another resource or one that was deleted, and
   * `ValidationError` for a scope or a lifetime that the service doesn't accept.
   * @example
   * ```ts
   * const { token, expiresOn } = await client.getToken(user, ["voip"], { tokenExpiresInMinutes: 60 });
   * ```
   */
  async getToken(
    user: CommunicationUserIdentifier,
    scopes: TokenScope[],
    options?: GetTokenOptions,
  ): Promise<CommunicationAccessToken> {
    const id = requireUserId(user);
    const body = { scopes: requireScopes(scopes), ...requireMinutes(options?.tokenExpiresInMinutes) };
    return await callMethod(contextOf(this), "getToken", options, (context, traced) =>
      operations.issueAccessToken(context, id, body, traced),
    );
  }

  /**
   * Revokes every token that was issued for a user. The user stays and can be given new ones.
   *
   * @param user - The user, `{ communicationUserId }`.
   * @param options - Options of the call.
   * @returns Nothing. Revocation may take up to 15 minutes to reach every service.
   * @throws RestError with the code `IdentityNotOwned` for a user of another resource or one that was deleted.
   * @example
   * ```ts
   * await client.revokeTokens(user);
   * ```
   */
  async revokeTokens(user: CommunicationUserIdentifier, options?: OperationOptions): Promise<void> {
    const id = requireUserId(user);
    await callMethod(contextOf(this), "revokeTokens", options, (context, traced) =>
      operations.revokeAccessTokens(context, id, traced),
    );
  }

  /**
   * Deletes a user, revokes its tokens and deletes its data.
   *
   * @param user - The user, `{ communicationUserId }`.
   * @param options - Options of the call.
   * @returns Nothing.
   * @throws RestError with the code `IdentityNotOwned` for a user of another resource or one that was deleted before.
   * @example
   * ```ts
   * await client.deleteUser(user);
   * ```
   */
  async deleteUser(user: CommunicationUserIdentifier, options?: OperationOptions): Promise<void> {
    const id = requireUserId(user);
    await callMethod(contextOf(this), "deleteUser", options, (context, traced) =>
      operations.deleteIdentity(context, id, traced),
    );
  }

  /**
   * Exchanges the Entra access token of a Teams user for an ACS token that expires at the same time.
   *
   * @param options - The token, the application and the user that it must belong to; options of the call.
   * @returns The token and when it expires.
   * @throws RestError with the code `InvalidAccessToken` for a token that is malformed, expired or for something else.
   * @example
   * ```ts
   * const { token } = await client.getTokenForTeamsUser({ teamsUserAadToken, clientId, userObjectId });
   * ```
   */
  async getTokenForTeamsUser(options: GetTokenForTeamsUserOptions): Promise<CommunicationAccessToken> {
    const body = {
      token: requireText(options?.teamsUserAadToken, "teamsUserAadToken", 0),
      appId: requireText(options?.clientId, "clientId", 0),
      userId: requireText(options?.userObjectId, "userObjectId", 0),
    };
    return await callMethod(contextOf(this), "getTokenForTeamsUser", options, (context, traced) =>
      operations.exchangeTeamsUserAccessToken(context, body, traced),
    );
  }

  /**
   * Reads a user. Service version 2025-03-02-preview only.
   *
   * @param user - The user, `{ communicationUserId }`.
   * @param options - Options of the call.
   * @returns The user, its `customId` and when it was last given a token, where there is one.
   * @throws TypeError on every other version, which doesn't have the operation.
   * @example
   * ```ts
   * const { customId, lastTokenIssuedAt } = await client.getUserDetail(user);
   * ```
   */
  async getUserDetail(
    user: CommunicationUserIdentifier,
    options?: OperationOptions,
  ): Promise<CommunicationUserDetail> {
    const id = requireUserId(user);
    return toUserDetail(
      await callMethod(contextOf(this), "getUserDetail", options, (context, traced) =>
        operations.getIdentity(context, id, traced),
      ),
    );
  }

  /**
   * Reads the assignment that lets a Teams principal use the resource. Sent with version 2025-06-30 or later.
   *
   * @param tenantId - The id of the Entra tenant.
   * @param objectId - The object id of the principal.
   * @param options - Options of the call.
   * @returns The assignment.
   * @throws RestError with the status 404 when there is none.
   * @example
   * ```ts
   * const { principalType } = await client.getTeamsExtensionAssignment(tenantId, objectId);
   * ```
   */
  async getTeamsExtensionAssignment(
    tenantId: string,
    objectId: string,
    options?: OperationOptions,
  ): Promise<TeamsExtensionAssignment> {
    const [tenant, object] = requireAssignment(tenantId, objectId);
    return await callMethod(contextOf(this), "getTeamsExtensionAssignment", options, (context, traced) =>
      operations.getTeamsExtensionAssignment(context, tenant, object, traced),
    );
  }

  /**
   * Creates or replaces the assignment that lets a Teams principal use the resource. Sent with version 2025-06-30 or later.
   *
   * @param tenantId - The id of the Entra tenant.
   * @param objectId - The object id of the principal.
   * @param assignment - The kind of principal, and the applications that it may use.
   * @param options - Options of the call.
   * @returns The assignment as it is now.
   * @throws RestError with the code `ValidationError` for an id that isn't a GUID or an unknown kind of principal.
   * @example
   * ```ts
   * await client.upsertTeamsExtensionAssignment(tenantId, objectId, { principalType: "user" });
   * ```
   */
  async upsertTeamsExtensionAssignment(
    tenantId: string,
    objectId: string,
    assignment: TeamsExtensionAssignmentInput,
    options?: OperationOptions,
  ): Promise<TeamsExtensionAssignment> {
    const [tenant, object] = requireAssignment(tenantId, objectId);
    const body = requirePrincipal(assignment);
    return await callMethod(contextOf(this), "upsertTeamsExtensionAssignment", options, (context, traced) =>
      operations.upsertTeamsExtensionAssignment(context, tenant, object, body, traced),
    );
  }

  /**
   * Deletes the assignment that lets a Teams principal use the resource. Sent with version 2025-06-30 or later.
   *
   * @param tenantId - The id of the Entra tenant.
   * @param objectId - The object id of the principal.
   * @param options - Options of the call.
   * @returns Nothing, also when there was no assignment.
   * @throws RestError with the code `ValidationError` for an id that isn't a GUID.
   * @example
   * ```ts
   * await client.deleteTeamsExtensionAssignment(tenantId, objectId);
   * ```
   */
  async deleteTeamsExtensionAssignment(
    tenantId: string,
    objectId: string,
    options?: OperationOptions,
  ): Promise<void> {
    const [tenant, object] = requireAssignment(tenantId, objectId);
    await callMethod(contextOf(this), "deleteTeamsExtensionAssignment", options, (context, traced) =>
      operations.deleteTeamsExtensionAssignment(context, tenant, object, traced),
    );
  }
}
