import type { OperationName } from "../../generated/routes.js";
import { getTokenForEntraUser, getTokenForTeamsExtensionUser } from "./exchanges.js";
import { createUser, deleteUser, getToken, getUserDetail, revokeTokens } from "./identities.js";
import type { Operation } from "./operation.js";
import {
  deleteTeamsExtensionAssignment,
  getTeamsExtensionAssignment,
  upsertTeamsExtensionAssignment,
} from "./teamsExtension.js";
import { getTokenForTeamsUser } from "./teamsUser.js";

export const operations: Readonly<Record<OperationName, Operation>> = {
  createUser,
  createUserAndToken: createUser,
  getUserDetail,
  deleteUser,
  revokeTokens,
  getToken,
  getTokenForTeamsUser,
  getTokenForTeamsExtensionUser,
  getTeamsExtensionAssignment,
  upsertTeamsExtensionAssignment,
  deleteTeamsExtensionAssignment,
  getTokenForEntraUser,
};
