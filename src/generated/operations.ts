// Generated from spec/ by npm run generate. Do not edit.
// SHA-256 of the spec sources: e69b2993eecc04d4f122a0381f498c8aae8337bd974444e485ca569600069b69

import type { OperationOptions } from "@azure/core-client";
import type { Operation, OperationContext } from "../operation/operation.js";
import { sendOperation } from "../operation/sendOperation.js";
import {
  type CommunicationIdentity,
  type CommunicationIdentityAccessToken,
  type CommunicationIdentityAccessTokenRequest,
  type CommunicationIdentityAccessTokenResult,
  type CommunicationIdentityCreateRequest,
  type TeamsExtensionAssignmentCreateOrUpdateRequest,
  type TeamsExtensionAssignmentResponse,
  type TeamsUserExchangeTokenRequest,
  deserializeCommunicationIdentity,
  deserializeCommunicationIdentityAccessToken,
  deserializeCommunicationIdentityAccessTokenResult,
  deserializeTeamsExtensionAssignmentResponse,
} from "./models.js";

export const createIdentityOperation: Operation<CommunicationIdentityAccessTokenResult> = {
  method: "POST",
  path: ["/identities"],
  contentType: "application/json",
  bodyVersions: {
    expiresInMinutes: { since: "2022-10-01" },
    customId: { since: "2025-03-02-preview", until: "2025-06-30" },
  },
  deserialize: deserializeCommunicationIdentityAccessTokenResult,
};

/** Creates an identity and, when scopes are given, a token for it. */
export function createIdentity(
  context: OperationContext,
  body: CommunicationIdentityCreateRequest | undefined,
  options: OperationOptions,
): Promise<CommunicationIdentityAccessTokenResult> {
  return sendOperation(context, createIdentityOperation, { body }, options);
}

export const getIdentityOperation: Operation<CommunicationIdentity> = {
  method: "GET",
  path: ["/identities/", ""],
  versions: { since: "2025-03-02-preview", until: "2025-06-30" },
  deserialize: deserializeCommunicationIdentity,
};

/** Reads an identity. */
export function getIdentity(
  context: OperationContext,
  id: string,
  options: OperationOptions,
): Promise<CommunicationIdentity> {
  return sendOperation(context, getIdentityOperation, { path: [id] }, options);
}

export const deleteIdentityOperation: Operation<void> = {
  method: "DELETE",
  path: ["/identities/", ""],
};

/** Deletes an identity with its data and revokes its tokens. */
export function deleteIdentity(
  context: OperationContext,
  id: string,
  options: OperationOptions,
): Promise<void> {
  return sendOperation(context, deleteIdentityOperation, { path: [id] }, options);
}

export const revokeAccessTokensOperation: Operation<void> = {
  method: "POST",
  path: ["/identities/", "/:revokeAccessTokens"],
};

/** Revokes every token of an identity. */
export function revokeAccessTokens(
  context: OperationContext,
  id: string,
  options: OperationOptions,
): Promise<void> {
  return sendOperation(context, revokeAccessTokensOperation, { path: [id] }, options);
}

export const issueAccessTokenOperation: Operation<CommunicationIdentityAccessToken> = {
  method: "POST",
  path: ["/identities/", "/:issueAccessToken"],
  contentType: "application/json",
  bodyVersions: { expiresInMinutes: { since: "2022-10-01" } },
  deserialize: deserializeCommunicationIdentityAccessToken,
};

/** Issues a token for an identity. */
export function issueAccessToken(
  context: OperationContext,
  id: string,
  body: CommunicationIdentityAccessTokenRequest,
  options: OperationOptions,
): Promise<CommunicationIdentityAccessToken> {
  return sendOperation(context, issueAccessTokenOperation, { path: [id], body }, options);
}

export const exchangeTeamsUserAccessTokenOperation: Operation<CommunicationIdentityAccessToken> = {
  method: "POST",
  path: ["/teamsUser/:exchangeAccessToken"],
  contentType: "application/json",
  versions: { since: "2022-06-01" },
  deserialize: deserializeCommunicationIdentityAccessToken,
};

/** Exchanges a Teams user's Entra ID token for a token that is valid as long. */
export function exchangeTeamsUserAccessToken(
  context: OperationContext,
  body: TeamsUserExchangeTokenRequest,
  options: OperationOptions,
): Promise<CommunicationIdentityAccessToken> {
  return sendOperation(context, exchangeTeamsUserAccessTokenOperation, { body }, options);
}

export const getTeamsExtensionAssignmentOperation: Operation<TeamsExtensionAssignmentResponse> = {
  method: "GET",
  path: ["/access/teamsExtension/tenants/", "/assignments/", ""],
  versions: { since: "2025-03-02-preview", stable: "2025-06-30" },
  deserialize: deserializeTeamsExtensionAssignmentResponse,
};

/** Reads a Teams extension assignment. */
export function getTeamsExtensionAssignment(
  context: OperationContext,
  tenantId: string,
  objectId: string,
  options: OperationOptions,
): Promise<TeamsExtensionAssignmentResponse> {
  return sendOperation(
    context,
    getTeamsExtensionAssignmentOperation,
    { path: [tenantId, objectId] },
    options,
  );
}

export const upsertTeamsExtensionAssignmentOperation: Operation<TeamsExtensionAssignmentResponse> = {
  method: "PUT",
  path: ["/access/teamsExtension/tenants/", "/assignments/", ""],
  contentType: "application/json",
  versions: { since: "2025-03-02-preview", stable: "2025-06-30" },
  deserialize: deserializeTeamsExtensionAssignmentResponse,
};

/** Creates or replaces a Teams extension assignment. */
export function upsertTeamsExtensionAssignment(
  context: OperationContext,
  tenantId: string,
  objectId: string,
  body: TeamsExtensionAssignmentCreateOrUpdateRequest,
  options: OperationOptions,
): Promise<TeamsExtensionAssignmentResponse> {
  return sendOperation(
    context,
    upsertTeamsExtensionAssignmentOperation,
    { path: [tenantId, objectId], body },
    options,
  );
}

export const deleteTeamsExtensionAssignmentOperation: Operation<void> = {
  method: "DELETE",
  path: ["/access/teamsExtension/tenants/", "/assignments/", ""],
  versions: { since: "2025-03-02-preview", stable: "2025-06-30" },
};

/** Deletes a Teams extension assignment. */
export function deleteTeamsExtensionAssignment(
  context: OperationContext,
  tenantId: string,
  objectId: string,
  options: OperationOptions,
): Promise<void> {
  return sendOperation(
    context,
    deleteTeamsExtensionAssignmentOperation,
    { path: [tenantId, objectId] },
    options,
  );
}
