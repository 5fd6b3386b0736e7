import type { KeyCredential, TokenCredential } from "@azure/core-auth";
import type { OperationOptions } from "@azure/core-client";
import { readClientArguments } from "./client/clientArguments.js";
import { attachContext, contextOf } from "./client/context.js";
import { createUserAndToken } from "./client/createUserAndToken.js";
import {
  readLifetime,
  refuseWrongNames,
  requireAssignment,
  requirePrincipal,
  requireScopes,
  requireTeamsUser,
  requireUserId,
} from "./client/methodArguments.js";
import { toUser, toUserToken } from "./client/results.js";
import * as operations from "./generated/operations.js";
import type {
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
  TokenScope,
} from "./models.js";
import { send } from "./operation/send.js";

/**
 * Creates users of an ACS resource and issues, exchanges and revokes their access tokens.
 *
 * One client can make many concurrent calls, and doesn't need to be closed. Each attempt of a call ends after 100 s,
 * including its body; `requestOptions.timeout` changes that, in milliseconds, and 0 means the default.
 *
 * Every method rejects with
 * - `TypeError`, before anything is sent, for arguments that can't be valid;
 * - `RestError` if the service rejects the call (`statusCode`, `code`, `details.error`) or can't be reached (`code`). The code is
 *   `Denied` for a wrong key, clock or role, `IdentityNotOwned` for a user of another resource or, at the emulator, one that was deleted;
 * - an error named `AbortError` if `abortSignal` ends the call, or `TimeoutError` for `AbortSignal.timeout` and if an
 *   attempt takes too long.
 *
 * @example
 * ```ts
 * const client = new CommunicationIdentityClient(connectionString);
 * const { user, token, expiresOn } = await client.createUserAndToken(["voip"]);
 * ```
 */
export class CommunicationIdentityClient {
  /**
   * Creates a client that signs with an access key. It sends nothing.
   *
   * @param connectionString - `endpoint=https://<resource>.communication.azure.com/;accesskey=<key>`.
   * @param options - Options of the client, such as `apiVersion`, `retryOptions` and `httpClient`.
   * @throws TypeError if the connection string or an option can't be used. The message contains no part of the string.
   * @example
   * ```ts
   * const client = new CommunicationIdentityClient(connectionString);
   * ```
   */
  constructor(connectionString: string, options?: CommunicationIdentityClientOptions);
  /**
   * Creates a client with an access key or an Entra ID credential. It sends nothing.
   *
   * @param endpoint - `https://<resource>.communication.azure.com`. Plain http works for a loopback host.
   * @param credential - An access key of the resource, or an Entra ID credential, such as `DefaultAzureCredential` from
   * `@azure/identity`.
   * @param options - Options of the client, such as `apiVersion`, `audience`, `retryOptions` and `httpClient`.
   * @throws TypeError if the endpoint, the key or an option can't be used.
   * @example
   * ```ts
   * const client = new CommunicationIdentityClient(endpoint, new DefaultAzureCredential());
   * ```
   */
  constructor(
    endpoint: string,
    credential: KeyCredential | TokenCredential,
    options?: CommunicationIdentityClientOptions,
  );
  constructor(
    connectionStringOrEndpoint: string,
    credentialOrOptions?: KeyCredential | TokenCredential | CommunicationIdentityClientOptions,
    maybeOptions?: CommunicationIdentityClientOptions,
  ) {
    attachContext(this, readClientArguments(connectionStringOrEndpoint, credentialOrOptions, maybeOptions));
  }

  /**
   * Creates a user. A retry after a lost response may create a second user, which stays unused.
   *
   * @param options - Options of the call, such as `abortSignal` and `requestOptions.timeout` in milliseconds (100 000 by default).
   * @returns The new user. Store its id: the service can't list users.
   * @throws RestError with the code `Denied` for a wrong key, clock or role, or with the status 429 for too many requests.
   * @example
   * ```ts
   * const { communicationUserId } = await client.createUser();
   * ```
   */
  async createUser(options?: CreateUserOptions): Promise<CommunicationUserIdentifier> {
    refuseWrongNames(options);
    return toUser(await send(contextOf(this), operations.createUser, {}, options));
  }

  /**
   * Creates a user and issues a token for it in one call. A retry after a lost response may create a second user.
   *
   * @param scopes - What the token permits: at least one {@link TokenScope}.
   * @param options - Options of the call; `tokenExpiresInMinutes` is 60 to 1440, and 1440 by default.
   * @returns The user, the token and when it expires.
   * @throws RestError with the code `ValidationError` for a scope or a lifetime that the service doesn't accept, `Denied` for a
   * wrong key, clock or role, or with the status 429 for too many requests. If a user was created without a token,
   * `details.identity.id` names it.
   * @example
   * ```ts
   * const { user, token, expiresOn } = await client.createUserAndToken(["voip"], { tokenExpiresInMinutes: 60 });
   * ```
   */
  async createUserAndToken(
    scopes: readonly TokenScope[],
    options?: CreateUserAndTokenOptions,
  ): Promise<CommunicationUserToken> {
    const body = { createTokenWithScopes: requireScopes(scopes), ...readLifetime(options) };
    return toUserToken(await send(contextOf(this), createUserAndToken, { body }, options));
  }

  /**
   * Issues a token for a user, who can have several at once. Call it again to renew a token.
   *
   * @param user - The user, `{ communicationUserId }`.
   * @param scopes - What the token permits: at least one {@link TokenScope}.
   * @param options - Options of the call; `tokenExpiresInMinutes` is 60 to 1440, and 1440 by default.
   * @returns The token and when it expires.
   * @throws RestError with the code `ValidationError` for a scope or a lifetime that the service doesn't accept, `Denied` for a
   * wrong key, clock or role, `IdentityNotOwned` for a user of another resource or one that was deleted, or with the status
   * 429 for too many requests.
   * @example
   * ```ts
   * const { token, expiresOn } = await client.getToken(user, ["voip"], { tokenExpiresInMinutes: 60 });
   * ```
   */
  async getToken(
    user: CommunicationUserIdentifier,
    scopes: readonly TokenScope[],
    options?: GetTokenOptions,
  ): Promise<CommunicationAccessToken> {
    const path = [requireUserId(user)];
    const body = { scopes: requireScopes(scopes), ...readLifetime(options) };
    return await send(contextOf(this), operations.getToken, { path, body }, options);
  }

  /**
   * Revokes every token that was issued for a user. The user remains and can get new ones.
   *
   * @param user - The user, `{ communicationUserId }`.
   * @param options - Options of the call, such as `abortSignal` and `requestOptions.timeout` in milliseconds (100 000 by default).
   * @returns Nothing. Revocation may take up to 15 minutes to reach every service.
   * @throws RestError with the code `Denied` for a wrong key, clock or role, `IdentityNotOwned` for a user of another resource
   * or one that was deleted, or with the status 429 for too many requests.
   * @example
   * ```ts
   * await client.revokeTokens(user);
   * ```
   */
  async revokeTokens(user: CommunicationUserIdentifier, options?: OperationOptions): Promise<void> {
    await send(contextOf(this), operations.revokeTokens, { path: [requireUserId(user)] }, options);
  }

  /**
   * Deletes a user, revokes its tokens and deletes its data.
   *
   * @param user - The user, `{ communicationUserId }`.
   * @param options - Options of the call, such as `abortSignal` and `requestOptions.timeout` in milliseconds (100 000 by default).
   * @returns Nothing.
   * @throws RestError with the code `Denied` for a wrong key, clock or role, `IdentityNotOwned` for a user of another resource
   * or one that was deleted, or with the status 429 for too many requests.
   * @example
   * ```ts
   * await client.deleteUser(user);
   * ```
   */
  async deleteUser(user: CommunicationUserIdentifier, options?: OperationOptions): Promise<void> {
    await send(contextOf(this), operations.deleteUser, { path: [requireUserId(user)] }, options);
  }

  /**
   * Exchanges the Entra access token of a Teams user for an ACS token that expires at the same time.
   *
   * @param options - The Entra token, the application and user that it must belong to, and options of the call.
   * @returns The token and when it expires.
   * @throws RestError with the code `InvalidAccessToken` for a token that is malformed, expired or for something else, `Denied`
   * for a wrong key, clock or role, or with the status 429 for too many requests.
   * @example
   * ```ts
   * const { token } = await client.getTokenForTeamsUser({ teamsUserAadToken, clientId, userObjectId });
   * ```
   */
  async getTokenForTeamsUser(options: GetTokenForTeamsUserOptions): Promise<CommunicationAccessToken> {
    const body = requireTeamsUser(options);
    return await send(contextOf(this), operations.getTokenForTeamsUser, { body }, options);
  }

  /**
   * Reads the assignment that lets a Teams principal use the resource. Sent with version 2025-06-30 or later.
   *
   * @param tenantId - The id of the Entra tenant.
   * @param objectId - The object id of the principal.
   * @param options - Options of the call, such as `abortSignal` and `requestOptions.timeout` in milliseconds (100 000 by default).
   * @returns The assignment.
   * @throws RestError with the status 404 if there is none, the code `ValidationError` for an id that isn't a GUID, `Denied` for
   * a wrong key, clock or role, or with the status 429 for too many requests.
   * @example
   * ```ts
   * const { principalType, clientIds } = await client.getTeamsExtensionAssignment(tenantId, objectId);
   * ```
   */
  async getTeamsExtensionAssignment(
    tenantId: string,
    objectId: string,
    options?: OperationOptions,
  ): Promise<TeamsExtensionAssignment> {
    const path = requireAssignment(tenantId, objectId);
    return await send(contextOf(this), operations.getTeamsExtensionAssignment, { path }, options);
  }

  /**
   * Creates or replaces the assignment that lets a Teams principal use the resource. Sent with version 2025-06-30 or later.
   *
   * @param tenantId - The id of the Entra tenant.
   * @param objectId - The object id of the principal.
   * @param assignment - The kind of principal, and the applications that it may use, by default all.
   * @param options - Options of the call, such as `abortSignal` and `requestOptions.timeout` in milliseconds (100 000 by default).
   * @returns The assignment as it is now.
   * @throws RestError with the code `ValidationError` for an id that isn't a GUID or an unknown kind of principal, `Denied` for a
   * wrong key, clock or role, or with the status 429 for too many requests.
   * @example
   * ```ts
   * await client.upsertTeamsExtensionAssignment(tenantId, objectId, { principalType: "user", clientIds: [clientId] });
   * ```
   */
  async upsertTeamsExtensionAssignment(
    tenantId: string,
    objectId: string,
    assignment: TeamsExtensionAssignmentInput,
    options?: OperationOptions,
  ): Promise<TeamsExtensionAssignment> {
    const path = requireAssignment(tenantId, objectId);
    const body = requirePrincipal(assignment);
    return await send(contextOf(this), operations.upsertTeamsExtensionAssignment, { path, body }, options);
  }

  /**
   * Deletes the assignment that lets a Teams principal use the resource. Sent with version 2025-06-30 or later.
   *
   * @param tenantId - The id of the Entra tenant.
   * @param objectId - The object id of the principal.
   * @param options - Options of the call, such as `abortSignal` and `requestOptions.timeout` in milliseconds (100 000 by default).
   * @returns Nothing, even if there was no assignment.
   * @throws RestError with the code `ValidationError` for an id that isn't a GUID, `Denied` for a wrong key, clock or role, or
   * with the status 429 for too many requests.
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
    const path = requireAssignment(tenantId, objectId);
    await send(contextOf(this), operations.deleteTeamsExtensionAssignment, { path }, options);
  }
}
