import { type OperationName, type Route, routes } from "../../generated/routes.js";
import { signingKey } from "../jwt/signingKey.js";
import type { Fake, FakeContext } from "../service/fake.js";
import { logCall } from "../service/logCall.js";
import { seededBytes } from "../state/seeded.js";
import { NotSavedError } from "../state/store.js";
import { base64, utf8 } from "../wire/bytes.js";
import type { Call } from "../wire/call.js";
import { HttpError } from "../wire/httpError.js";
import type { OperationInput, OperationResult } from "../wire/operation.js";
import { checkContentType } from "../wire/requestBody.js";
import type { OperationRow, Table, TableResponse } from "../wire/table.js";
import { ConnectionDroppedError, type Header, jsonType, textResponse } from "../wire/wire.js";
import { getTokenForEntraUser, getTokenForTeamsExtensionUser } from "./exchanges.js";
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
} from "./teamsExtension.js";
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
  onError,
  log: logCall,
};

function operationRow(route: Route): OperationRow<FakeContext> {
  const { method, path, contentType = "application/json" } = route;
  return {
    method,
    path,
    guard: "service",
    route,
    async handle(context, call, { operation, caller, version, isDroppedAfterwards }) {
      const { fake } = context;
      const { pathParameters, received } = call;
      if (fake.settings.strictness !== "loose") checkContentType(received, contentType);
      const body = call.json;
      const result = await handlers[operation](fake, { route, pathParameters, version, body, caller });
      if (isDroppedAfterwards) throw new ConnectionDroppedError();
      return successResponse(context, call, result);
    },
  };
}

function successResponse(
  { fake }: FakeContext,
  call: Call,
  { status, body, headers = [], userId }: OperationResult,
): TableResponse {
  const all = [...headers, ...commonHeaders(call, fake.clock.wallTime, true)];
  const response = body
    ? textResponse(status, jsonType, JSON.stringify(body), all)
    : { status, headers: all, chunked: false };
  return { ...response, ...(userId !== undefined && { userId }) };
}

function onError({ fake }: FakeContext, call: Call, error: unknown): TableResponse {
  const refusal = error instanceof HttpError ? error : internalError(error);
  const { status, topic, body, options } = refusal;
  if (options.diagnosis !== undefined) call.remarks.push(options.diagnosis);
  return {
    status,
    headers: [
      ["Content-Type", "application/json"],
      ...commonHeaders(call, fake.clock.wallTime, options.announcesVersions ?? false),
      ["x-ms-emulator-topic", topic],
    ],
    body: utf8(JSON.stringify(body)),
    chunked: true,
    refusal,
  };
}

function internalError(error: unknown): HttpError {
  const reason = error instanceof Error ? error.message : "unknown";
  return new HttpError(500, "InternalServerError", "The server encountered an internal error.", {
    diagnosis: error instanceof NotSavedError ? reason : `Bug in the fake service: ${reason}`,
  });
}

function commonHeaders(call: Call, wallTime: number, announces: boolean): Header[] {
  const { request, row, remarks, startedAt } = call;
  const versions = row?.route?.announcedVersions;
  const requestId = request.headers.get("x-ms-client-request-id");
  const headers: Header[] = [];
  if (announces && versions) headers.push(["api-supported-versions", versions.join(", ")]);
  headers.push(["Date", new Date(wallTime).toUTCString()]);
  headers.push(["MS-CV", `${base64(nextResponseBytes()).slice(0, 22)}.0`]);
  headers.push(["Request-Context", "appId="]);
  headers.push(["X-Azure-Ref", azureReference(wallTime)]);
  headers.push(["X-Cache", "CONFIG_NOCACHE"]);
  if (requestId !== undefined && /^[\x20-\x7e]{0,256}$/.test(requestId))
    headers.push(["x-ms-client-request-id", requestId]);
  headers.push(["X-Processing-Time", `${Math.round(performance.now() - startedAt)}ms`]);
  // A header takes one short line of printable ASCII.
  const diagnosis = remarks.join("; ").replace(/[^\x20-\x7e]/g, "?");
  if (diagnosis) headers.push(["x-ms-emulator-diagnosis", diagnosis.slice(0, 2000)]);
  return headers;
}

/** Builds a reference as Azure Front Door does: time, random bytes, site name and GUID. */
function azureReference(time: number): string {
  const bytes = new Uint8Array(24);
  new DataView(bytes.buffer).setUint32(0, Math.floor(time / 1000), true);
  bytes.set(nextResponseBytes(), 8);
  return `0${base64(bytes)}${azureReferenceEnd}`;
}

const azureReferenceEnd: string = btoa("EMULATOR0000\0\0\0" + "00000000-0000-0000-0000-000000000000");

let lastResponse = 0;

/** Returns other bytes for each response. The state's seed isn't used, because a failed request must not change the next id. */
function nextResponseBytes(): Uint8Array {
  lastResponse += 1;
  return seededBytes("response", lastResponse);
}
