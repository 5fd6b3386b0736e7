// Generated from spec/ by npm run generate. Do not edit.

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
  bodySince: { expiresInMinutes: "2022-10-01" },
  deserialize: deserializeCommunicationIdentityAccessTokenResult,
};

/** Deletes an identity with its data and revokes its tokens. */
export const deleteUser: Operation<undefined, void> = {
  name: "deleteUser",
  method: "DELETE",
  path: ["/identities/", ""],
};

/** Revokes every token of an identity. */
export const revokeTokens: Operation<undefined, void> = {
  name: "revokeTokens",
  method: "POST",
  path: ["/identities/", "/:revokeAccessTokens"],
};

/** Issues a token for an identity. */
export const getToken: Operation<CommunicationIdentityAccessTokenRequest, CommunicationIdentityAccessToken> = {
  name: "getToken",
  method: "POST",
  path: ["/identities/", "/:issueAccessToken"],
  contentType: "application/json",
  bodySince: { expiresInMinutes: "2022-10-01" },
  deserialize: deserializeCommunicationIdentityAccessToken,
};

/** Exchanges a Teams user's Entra ID token for a token that is valid as long. */
export const getTokenForTeamsUser: Operation<TeamsUserExchangeTokenRequest, CommunicationIdentityAccessToken> = {
  name: "getTokenForTeamsUser",
  method: "POST",
  path: ["/teamsUser/:exchangeAccessToken"],
  contentType: "application/json",
  since: "2022-06-01",
  deserialize: deserializeCommunicationIdentityAccessToken,
};

/** Reads a Teams extension assignment. */
export const getTeamsExtensionAssignment: Operation<undefined, TeamsExtensionAssignmentResponse> = {
  name: "getTeamsExtensionAssignment",
  method: "GET",
  path: ["/access/teamsExtension/tenants/", "/assignments/", ""],
  since: "2025-06-30",
  deserialize: deserializeTeamsExtensionAssignmentResponse,
};

/** Creates or replaces a Teams extension assignment. */
export const upsertTeamsExtensionAssignment: Operation<TeamsExtensionAssignmentCreateOrUpdateRequest, TeamsExtensionAssignmentResponse> = {
  name: "upsertTeamsExtensionAssignment",
  method: "PUT",
  path: ["/access/teamsExtension/tenants/", "/assignments/", ""],
  contentType: "application/json",
  since: "2025-06-30",
  deserialize: deserializeTeamsExtensionAssignmentResponse,
};

/** Deletes a Teams extension assignment. */
export const deleteTeamsExtensionAssignment: Operation<undefined, void> = {
  name: "deleteTeamsExtensionAssignment",
  method: "DELETE",
  path: ["/access/teamsExtension/tenants/", "/assignments/", ""],
  since: "2025-06-30",
};
