// Generated from spec by npm run generate. Do not edit.

import type { Operation } from "../operation/operation.js";
import {
  type CommunicationIdentityAccessToken,
  type CommunicationIdentityAccessTokenRequest,
  type CommunicationIdentityAccessTokenResult,
  type CommunicationIdentityCreateRequest,
  type TeamsExtensionAssignmentCreateOrUpdateRequest,
  type TeamsExtensionAssignmentResponse,
  type TeamsUserExchangeTokenRequest,
  deserializeCommunicationIdentityAccessToken,
  deserializeCommunicationIdentityAccessTokenResult,
  deserializeTeamsExtensionAssignmentResponse,
} from "./models.js";

/** Creates an identity and, when scopes are given, a token for it. */
export const createUser: Operation<CommunicationIdentityCreateRequest, CommunicationIdentityAccessTokenResult> = {
  name: "createUser",
  method: "POST",
  path: ["/identities"],
  contentType: "application/json",
  since: undefined,
  bodySince: { expiresInMinutes: "2022-10-01" },
  statuses: [201],
  deserialize: deserializeCommunicationIdentityAccessTokenResult,
};

/** Deletes an identity with its data and revokes its tokens. */
export const deleteUser: Operation<unknown, void> = {
  name: "deleteUser",
  method: "DELETE",
  path: ["/identities/", ""],
  contentType: undefined,
  since: undefined,
  bodySince: {},
  statuses: [204],
  deserialize: undefined,
};

/** Revokes every token of an identity. */
export const revokeTokens: Operation<unknown, void> = {
  name: "revokeTokens",
  method: "POST",
  path: ["/identities/", "/:revokeAccessTokens"],
  contentType: undefined,
  since: undefined,
  bodySince: {},
  statuses: [204],
  deserialize: undefined,
};

/** Issues a token for an identity. */
export const getToken: Operation<CommunicationIdentityAccessTokenRequest, CommunicationIdentityAccessToken> = {
  name: "getToken",
  method: "POST",
  path: ["/identities/", "/:issueAccessToken"],
  contentType: "application/json",
  since: undefined,
  bodySince: { expiresInMinutes: "2022-10-01" },
  statuses: [200],
  deserialize: deserializeCommunicationIdentityAccessToken,
};

/** Exchanges a Teams user's Entra ID token for a token that is valid as long. */
export const getTokenForTeamsUser: Operation<TeamsUserExchangeTokenRequest, CommunicationIdentityAccessToken> = {
  name: "getTokenForTeamsUser",
  method: "POST",
  path: ["/teamsUser/:exchangeAccessToken"],
  contentType: "application/json",
  since: "2022-06-01",
  bodySince: {},
  statuses: [200],
  deserialize: deserializeCommunicationIdentityAccessToken,
};

/** Reads a Teams extension assignment. */
export const getTeamsExtensionAssignment: Operation<unknown, TeamsExtensionAssignmentResponse> = {
  name: "getTeamsExtensionAssignment",
  method: "GET",
  path: ["/access/teamsExtension/tenants/", "/assignments/", ""],
  contentType: undefined,
  since: "2025-06-30",
  bodySince: {},
  statuses: [200],
  deserialize: deserializeTeamsExtensionAssignmentResponse,
};

/** Creates or replaces a Teams extension assignment. */
export const upsertTeamsExtensionAssignment: Operation<TeamsExtensionAssignmentCreateOrUpdateRequest, TeamsExtensionAssignmentResponse> = {
  name: "upsertTeamsExtensionAssignment",
  method: "PUT",
  path: ["/access/teamsExtension/tenants/", "/assignments/", ""],
  contentType: "application/json",
  since: "2025-06-30",
  bodySince: {},
  statuses: [200, 201],
  deserialize: deserializeTeamsExtensionAssignmentResponse,
};

/** Deletes a Teams extension assignment. */
export const deleteTeamsExtensionAssignment: Operation<unknown, void> = {
  name: "deleteTeamsExtensionAssignment",
  method: "DELETE",
  path: ["/access/teamsExtension/tenants/", "/assignments/", ""],
  contentType: undefined,
  since: "2025-06-30",
  bodySince: {},
  statuses: [204],
  deserialize: undefined,
};
