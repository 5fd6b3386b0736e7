// Generated from spec by npm run generate. Do not edit.

import { type ServiceVersion, serviceVersions } from "./apiVersions.js";

/** What a request asks of the service: the method of the client that sends it, or would send it if it had one. */
export type OperationName =
  | "createUser"
  | "createUserAndToken"
  | "getUserDetail"
  | "deleteUser"
  | "revokeTokens"
  | "getToken"
  | "getTokenForTeamsUser"
  | "getTokenForTeamsExtensionUser"
  | "getTeamsExtensionAssignment"
  | "upsertTeamsExtensionAssignment"
  | "deleteTeamsExtensionAssignment"
  | "getTokenForEntraUser"
  | "listEntraAssignments"
  | "updateEntraAssignments"
  | "getEntraAssignment"
  | "upsertEntraAssignment"
  | "deleteEntraAssignment";

/** An operation in all its versions together: one method and path. */
export interface Route {
  readonly operation: OperationName;
  /** What it is called instead when its body has this member. */
  readonly operationWith?: Readonly<Record<string, OperationName>>;
  /** As HTTP spells it. */
  readonly method: string;
  /** With one placeholder per path argument: "/identities/{id}". */
  readonly path: string;
  /** The type of the body. Absent for JSON. */
  readonly contentType?: string;
  /** The versions that have the operation. */
  readonly versions: readonly ServiceVersion[];
  /** The versions that the service announces with its response, which related operations share. */
  readonly announcedVersions: readonly ServiceVersion[];
  /** The versions of those body members that not every one of `versions` has. */
  readonly bodyVersions: Readonly<Record<string, readonly ServiceVersion[]>>;
  /** The rate limit: how many requests the service accepts in how many seconds. */
  readonly rateLimit?: { readonly requests: number; readonly seconds: number };
}

const since20221001: readonly ServiceVersion[] = [
  "2022-10-01",
  "2023-10-01",
  "2025-03-02-preview",
  "2025-06-30",
  "2026-09-23",
];

const only20250302Preview: readonly ServiceVersion[] = ["2025-03-02-preview"];

const since20220601: readonly ServiceVersion[] = [
  "2022-06-01",
  "2022-10-01",
  "2023-10-01",
  "2025-03-02-preview",
  "2025-06-30",
  "2026-09-23",
];

const since20250302Preview: readonly ServiceVersion[] = ["2025-03-02-preview", "2025-06-30", "2026-09-23"];

export const routes: readonly Route[] = [
  {
    operation: "createUser",
    operationWith: { createTokenWithScopes: "createUserAndToken" },
    method: "POST",
    path: "/identities",
    versions: serviceVersions,
    announcedVersions: serviceVersions,
    bodyVersions: { expiresInMinutes: since20221001, customId: only20250302Preview },
    rateLimit: { requests: 1000, seconds: 30 },
  },
  {
    operation: "getUserDetail",
    method: "GET",
    path: "/identities/{id}",
    versions: only20250302Preview,
    announcedVersions: serviceVersions,
    bodyVersions: {},
  },
  {
    operation: "deleteUser",
    method: "DELETE",
    path: "/identities/{id}",
    versions: serviceVersions,
    announcedVersions: serviceVersions,
    bodyVersions: {},
    rateLimit: { requests: 500, seconds: 30 },
  },
  {
    operation: "revokeTokens",
    method: "POST",
    path: "/identities/{id}/:revokeAccessTokens",
    versions: serviceVersions,
    announcedVersions: serviceVersions,
    bodyVersions: {},
    rateLimit: { requests: 500, seconds: 30 },
  },
  {
    operation: "getToken",
    method: "POST",
    path: "/identities/{id}/:issueAccessToken",
    versions: serviceVersions,
    announcedVersions: serviceVersions,
    bodyVersions: { expiresInMinutes: since20221001 },
    rateLimit: { requests: 1000, seconds: 30 },
  },
  {
    operation: "getTokenForTeamsUser",
    method: "POST",
    path: "/teamsUser/:exchangeAccessToken",
    versions: since20220601,
    announcedVersions: since20220601,
    bodyVersions: {},
    rateLimit: { requests: 500, seconds: 30 },
  },
  {
    operation: "getTokenForTeamsExtensionUser",
    method: "POST",
    path: "/access/teamsExtension/:exchangeAccessToken",
    versions: since20250302Preview,
    announcedVersions: since20250302Preview,
    bodyVersions: {},
    rateLimit: { requests: 500, seconds: 30 },
  },
  {
    operation: "getTeamsExtensionAssignment",
    method: "GET",
    path: "/access/teamsExtension/tenants/{tenantId}/assignments/{objectId}",
    versions: since20250302Preview,
    announcedVersions: since20250302Preview,
    bodyVersions: {},
  },
  {
    operation: "upsertTeamsExtensionAssignment",
    method: "PUT",
    path: "/access/teamsExtension/tenants/{tenantId}/assignments/{objectId}",
    versions: since20250302Preview,
    announcedVersions: since20250302Preview,
    bodyVersions: {},
  },
  {
    operation: "deleteTeamsExtensionAssignment",
    method: "DELETE",
    path: "/access/teamsExtension/tenants/{tenantId}/assignments/{objectId}",
    versions: since20250302Preview,
    announcedVersions: since20250302Preview,
    bodyVersions: {},
  },
  {
    operation: "getTokenForEntraUser",
    method: "POST",
    path: "/access/entra/:exchangeAccessToken",
    versions: only20250302Preview,
    announcedVersions: only20250302Preview,
    bodyVersions: {},
    rateLimit: { requests: 500, seconds: 30 },
  },
  {
    operation: "listEntraAssignments",
    method: "GET",
    path: "/access/entra/assignments",
    versions: only20250302Preview,
    announcedVersions: only20250302Preview,
    bodyVersions: {},
  },
  {
    operation: "updateEntraAssignments",
    method: "PATCH",
    path: "/access/entra/assignments",
    contentType: "application/merge-patch+json",
    versions: only20250302Preview,
    announcedVersions: only20250302Preview,
    bodyVersions: {},
  },
  {
    operation: "getEntraAssignment",
    method: "GET",
    path: "/access/entra/assignments/{objectId}",
    versions: only20250302Preview,
    announcedVersions: only20250302Preview,
    bodyVersions: {},
  },
  {
    operation: "upsertEntraAssignment",
    method: "PUT",
    path: "/access/entra/assignments/{objectId}",
    versions: only20250302Preview,
    announcedVersions: only20250302Preview,
    bodyVersions: {},
  },
  {
    operation: "deleteEntraAssignment",
    method: "DELETE",
    path: "/access/entra/assignments/{objectId}",
    versions: only20250302Preview,
    announcedVersions: only20250302Preview,
    bodyVersions: {},
  },
];
