import type { OperationName } from "../../generated/routes.js";
import { exchangeEntraAccessToken, exchangeTeamsExtensionAccessToken } from "./exchanges.js";
import {
  createIdentity,
  deleteIdentity,
  getIdentity,
  issueAccessToken,
  revokeAccessTokens,
} from "./identities.js";
import type { Operation } from "./operation.js";
import {
  deleteTeamsExtensionAssignment,
  getTeamsExtensionAssignment,
  upsertTeamsExtensionAssignment,
} from "./teamsExtension.js";
import { exchangeTeamsUserAccessToken } from "./teamsUser.js";

export const operations: Readonly<Record<OperationName, Operation>> = {
  createIdentity,
  getIdentity,
  deleteIdentity,
  revokeAccessTokens,
  issueAccessToken,
  exchangeTeamsUserAccessToken,
  exchangeTeamsExtensionAccessToken,
  getTeamsExtensionAssignment,
  upsertTeamsExtensionAssignment,
  deleteTeamsExtensionAssignment,
  exchangeEntraAccessToken,
};
