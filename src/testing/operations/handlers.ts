import type { OperationName } from "../../generated/routes.js";
import * as entraAssignments from "./entraAssignments.js";
import * as exchanges from "./exchanges.js";
import type { OperationHandler } from "./handler.js";
import * as identities from "./identities.js";
import * as teamsExtension from "./teamsExtension.js";
import * as teamsUser from "./teamsUser.js";

/** Maps each operation to the function of the same name. The compiler reports a missing one. */
export const handlers: Readonly<Record<OperationName, OperationHandler>> = {
  ...identities,
  createUserAndToken: identities.createUser,
  ...exchanges,
  ...entraAssignments,
  ...teamsExtension,
  ...teamsUser,
};
