import type { OperationName } from "../../generated/routes.js";
import { getTokenForEntraUser, getTokenForTeamsExtensionUser } from "./exchanges.js";
import type { OperationHandler } from "./handler.js";
import { createUser, deleteUser, getToken, getUserDetail, revokeTokens } from "./identities.js";
import {
  deleteTeamsExtensionAssignment,
  getTeamsExtensionAssignment,
  upsertTeamsExtensionAssignment,
} from "./teamsExtension.js";
import { getTokenForTeamsUser } from "./teamsUser.js";

export const handlers: Readonly<Record<OperationName, OperationHandler>> = {
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
