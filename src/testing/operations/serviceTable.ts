import { type OperationName, type Route, routes } from "../../generated/routes.js";
import { signingKey } from "../jwt/signingKey.js";
import type { Fake, FakeContext } from "../service/fake.js";
import type { OperationInput, OperationResult } from "../wire/admission.js";
import { checkContentType } from "../wire/requestBody.js";
import type { OperationRow, Table } from "../wire/table.js";
import { createUser, deleteUser, getToken, getUserDetail, revokeTokens } from "./identities.js";
import {
  deleteEntraAssignment,
  getEntraAssignment,
  listEntraAssignments,
  updateEntraAssignments,
  upsertEntraAssignment,
} from "./manageEntraAssignments.js";
import {
  deleteTeamsExtensionAssignment,
  getTeamsExtensionAssignment,
  upsertTeamsExtensionAssignment,
} from "./manageTeamsExtensionAssignments.js";
import { errorResponse, successResponse } from "./serviceResponse.js";
import { getTokenForEntraUser, getTokenForTeamsExtensionUser } from "./teamsPhoneAndEntraUsers.js";
import { getTokenForTeamsUser } from "./teamsUser.js";

/** Checks the input, changes the state and returns what to respond. @throws HttpError for a refusal. */
type OperationHandler = (fake: Fake, input: OperationInput) => OperationResult | Promise<OperationResult>;

/** Maps each operation to the function of the same name. The compiler reports a missing one. */
const handlers: Readonly<Record<OperationName, OperationHandler>> = {
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
  listEntraAssignments,
  updateEntraAssignments,
  getEntraAssignment,
  upsertEntraAssignment,
  deleteEntraAssignment,
};

/** The service's own routes, and the key set that a backend can verify tokens with. The real service publishes none. */
export const serviceTable: Table<FakeContext> = {
  base: "",
  cors: true,
  rows: [
    {
      method: "GET",
      path: "/.well-known/jwks.json",
      guard: "none",
      handle: async (context, call) => {
        const keys = [(await signingKey()).publishedJwk];
        return successResponse(context, call, { status: 200, body: { keys } });
      },
    },
    ...routes.map(operationRow),
  ],
  // An official client sends two slashes if its endpoint ends in one.
  rewritePath: ({ fake }, path) =>
    fake.settings.strictness !== "strict" && path.startsWith("//") ? path.slice(1) : path,
  onError: errorResponse,
  log: ({ fake }, call, response) => fake.requestLog.add(fake.clock.time, call, response),
};

function operationRow(route: Route): OperationRow<FakeContext> {
  const { method, path, contentType = "application/json" } = route;
  return {
    method,
    path,
    guard: "service",
    route,
    async handle(context, call, { operation, caller, version, respond }) {
      const { fake } = context;
      const { pathParameters, received } = call;
      if (fake.settings.strictness !== "loose") checkContentType(received, contentType);
      const body = call.json;
      const result = await handlers[operation](fake, { route, pathParameters, version, body, caller });
      return respond(() => successResponse(context, call, result));
    },
  };
}
