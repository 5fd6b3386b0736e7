import type { OperationName } from "../../../../generated/routes.js";

/** Each method once, as the compiler checks. The routes hold more than the page needs. */
const every: Readonly<Record<OperationName, true>> = {
  createUser: true,
  createUserAndToken: true,
  getUserDetail: true,
  deleteUser: true,
  revokeTokens: true,
  getToken: true,
  getTokenForTeamsUser: true,
  getTokenForTeamsExtensionUser: true,
  getTeamsExtensionAssignment: true,
  upsertTeamsExtensionAssignment: true,
  deleteTeamsExtensionAssignment: true,
  getTokenForEntraUser: true,
  listEntraAssignments: true,
  updateEntraAssignments: true,
  getEntraAssignment: true,
  upsertEntraAssignment: true,
  deleteEntraAssignment: true,
};

export const methods: readonly OperationName[] = Object.keys(every) as OperationName[];
