// Generated from spec/ by npm run generate. Do not edit.
// SHA-256 of the spec sources: f4348465b6360d5f3aaa41cfb26bcf404cfb890d1daafe30a4c344174395824f

import { type ApiVersion, apiVersions } from "./apiVersions.js";

/** What a request asks of the service, in all its versions together. Each is one method and path. */
export type OperationName =
  | "createIdentity"
  | "getIdentity"
  | "deleteIdentity"
  | "revokeAccessTokens"
  | "issueAccessToken"
  | "exchangeTeamsUserAccessToken"
  | "exchangeTeamsExtensionAccessToken"
  | "getTeamsExtensionAssignment"
  | "upsertTeamsExtensionAssignment"
  | "deleteTeamsExtensionAssignment"
  | "exchangeEntraAccessToken";

export interface Route {
  readonly operation: OperationName;
  readonly method: string;
  /** With one placeholder per path argument: "/identities/{id}". */
  readonly path: string;
  /** The versions that have the operation. */
  readonly versions: readonly ApiVersion[];
  /** The versions of those body members that not every one of `versions` has. */
  readonly bodyVersions: Readonly<Record<string, readonly ApiVersion[]>>;
}

const since20221001: readonly ApiVersion[] = [
  "2022-10-01",
  "2023-10-01",
  "2025-03-02-preview",
  "2025-06-30",
  "2026-07-22",
  "2026-09-23",
];

const only20250302Preview: readonly ApiVersion[] = ["2025-03-02-preview"];

const since20220601: readonly ApiVersion[] = [
  "2022-06-01",
  "2022-10-01",
  "2023-10-01",
  "2025-03-02-preview",
  "2025-06-30",
  "2026-07-22",
  "2026-09-23",
];

const since20250302Preview: readonly ApiVersion[] = [
  "2025-03-02-preview",
  "2025-06-30",
  "2026-07-22",
  "2026-09-23",
];

export const routes: readonly Route[] = [
  {
    operation: "createIdentity",
    method: "POST",
    path: "/identities",
    versions: apiVersions,
    bodyVersions: { expiresInMinutes: since20221001, customId: only20250302Preview },
  },
  {
    operation: "getIdentity",
    method: "GET",
    path: "/identities/{id}",
    versions: only20250302Preview,
    bodyVersions: {},
  },
  {
    operation: "deleteIdentity",
    method: "DELETE",
    path: "/identities/{id}",
    versions: apiVersions,
    bodyVersions: {},
  },
  {
    operation: "revokeAccessTokens",
    method: "POST",
    path: "/identities/{id}/:revokeAccessTokens",
    versions: apiVersions,
    bodyVersions: {},
  },
  {
    operation: "issueAccessToken",
    method: "POST",
    path: "/identities/{id}/:issueAccessToken",
    versions: apiVersions,
    bodyVersions: { expiresInMinutes: since20221001 },
  },
  {
    operation: "exchangeTeamsUserAccessToken",
    method: "POST",
    path: "/teamsUser/:exchangeAccessToken",
    versions: since20220601,
    bodyVersions: {},
  },
  {
    operation: "exchangeTeamsExtensionAccessToken",
    method: "POST",
    path: "/access/teamsExtension/:exchangeAccessToken",
    versions: since20250302Preview,
    bodyVersions: {},
  },
  {
    operation: "getTeamsExtensionAssignment",
    method: "GET",
    path: "/access/teamsExtension/tenants/{tenantId}/assignments/{objectId}",
    versions: since20250302Preview,
    bodyVersions: {},
  },
  {
    operation: "upsertTeamsExtensionAssignment",
    method: "PUT",
    path: "/access/teamsExtension/tenants/{tenantId}/assignments/{objectId}",
    versions: since20250302Preview,
    bodyVersions: {},
  },
  {
    operation: "deleteTeamsExtensionAssignment",
    method: "DELETE",
    path: "/access/teamsExtension/tenants/{tenantId}/assignments/{objectId}",
    versions: since20250302Preview,
    bodyVersions: {},
  },
  {
    operation: "exchangeEntraAccessToken",
    method: "POST",
    path: "/access/entra/:exchangeAccessToken",
    versions: only20250302Preview,
    bodyVersions: {},
  },
];
