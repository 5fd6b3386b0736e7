import type { StateEvent } from "./events.js";

/** `number` identifies a user or token, `seconds` is a token's time in seconds, and `time` is in milliseconds. */
type Kind =
  | "time"
  | "number"
  | "seconds"
  | "text"
  | "boolean"
  | "texts"
  | "optional text"
  | "optional time"
  | "optional texts"
  | "optional ranges"
  | "entra assignments";

const members: Readonly<Record<StateEvent["type"], Readonly<Record<string, Kind>>>> = {
  userCreated: {
    user: "number",
    id: "text",
    at: "time",
    customId: "optional text",
    lastTokenIssuedAt: "optional time",
  },
  userDeleted: { user: "number" },
  tokenIssued: {
    token: "number",
    user: "number",
    scopes: "text",
    issuedAt: "seconds",
    expiresAt: "seconds",
  },
  tokensRevoked: { user: "number", upTo: "number", at: "time" },
  assignmentSet: { tenantId: "text", objectId: "text", principalType: "text", clientIds: "optional texts" },
  assignmentDeleted: { tenantId: "text", objectId: "text" },
  entraAssignmentsChanged: { set: "entra assignments", removed: "texts" },
  stateReset: {
    nextUser: "number",
    nextToken: "number",
    firstToken: "number",
    discarded: "optional ranges",
  },
  entraApplicationSet: {
    clientId: "text",
    tenantId: "text",
    objectId: "text",
    name: "text",
    clientSecrets: "texts",
    certificates: "texts",
    redirectUris: "texts",
    permissions: "texts",
    hasRole: "boolean",
  },
  entraUserSet: {
    objectId: "text",
    tenantId: "text",
    username: "text",
    name: "text",
    hasTeamsLicense: "boolean",
    hasRole: "boolean",
  },
  entraGroupSet: {
    objectId: "text",
    tenantId: "text",
    name: "text",
    members: "texts",
    isAssignedToClients: "boolean",
  },
  entraTenantSet: { tenantId: "text", servicePrincipals: "texts" },
  entraPrincipalDeleted: { objectId: "text" },
};

const expectedMembers = new Map<unknown, readonly [string, Kind][]>(
  Object.entries(members).map(([type, kinds]) => [type, Object.entries(kinds)]),
);

/**
 * Returns the value as an event.
 *
 * @throws TypeError that names the wrong member. It quotes no value but an unknown type, shortened.
 */
export function checkEvent(value: unknown): StateEvent {
  const event = (typeof value === "object" && value !== null ? value : {}) as Readonly<
    Record<string, unknown>
  >;
  const expected = expectedMembers.get(event.type);
  if (!expected) {
    throw new TypeError(`There is no event of the type ${JSON.stringify(String(event.type).slice(0, 40))}`);
  }
  let known = 1;
  for (const [name, kind] of expected) {
    if (!isOf(kind, event[name]))
      throw new TypeError(`The member ${name} of ${event.type} is not as expected`);
    if (Object.hasOwn(event, name)) known += 1;
  }
  if (Object.keys(event).length > known) throw new TypeError(`An event ${event.type} has an unknown member`);
  // No token could be valid.
  if (event.type === "stateReset" && Number(event.firstToken) > Number(event.nextToken)) {
    throw new TypeError("The member firstToken of stateReset is above its nextToken");
  }
  return event as unknown as StateEvent;
}

function isOf(kind: Kind, value: unknown): boolean {
  switch (kind) {
    case "number":
      return Number.isSafeInteger(value) && Number(value) >= 0;
    case "seconds":
      return Number(value) >>> 0 === value;
    case "optional time":
      return value === undefined || isOf("time", value);
    case "time":
      return typeof value === "number" && Math.abs(value) <= latestTime;
    case "text":
      return typeof value === "string";
    case "optional text":
      return value === undefined || typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "texts":
      return Array.isArray(value) && value.every((item) => typeof item === "string");
    case "optional ranges":
      return value === undefined || (Array.isArray(value) && value.every(isRange));
    case "optional texts":
      return value === undefined || isOf("texts", value);
    case "entra assignments":
      return Array.isArray(value) && value.every(isEntraAssignment);
  }
}

function isRange(value: unknown): boolean {
  const [first, last, ...more] = Array.isArray(value) ? value : [];
  return isOf("number", first) && isOf("number", last) && more.length === 0;
}

function isEntraAssignment(value: unknown): boolean {
  const { objectId, tenantId, principalType, clientIds, ...others } = Object(value) as Readonly<
    Record<string, unknown>
  >;
  return (
    [objectId, tenantId, principalType].every((text) => isOf("text", text)) &&
    isOf("texts", clientIds) &&
    Object.keys(others).length === 0
  );
}

/** The latest time that a Date can hold, in milliseconds since 1970. */
const latestTime = 8.64e15;
