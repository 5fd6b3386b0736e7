import type { StateEvent } from "./events.js";

type Kind = "number" | "text" | "optional text" | "optional number" | "optional texts" | "object";

const members: Readonly<Record<StateEvent["type"], Readonly<Record<string, Kind>>>> = {
  userCreated: {
    user: "number",
    id: "text",
    at: "number",
    customId: "optional text",
    lastTokenIssuedAt: "optional number",
  },
  userDeleted: { user: "number" },
  tokenIssued: { token: "number", user: "number", scopes: "text", issuedAt: "number", expiresAt: "number" },
  tokensRevoked: { user: "number", upTo: "number", at: "number" },
  assignmentSet: { tenantId: "text", objectId: "text", principalType: "text", clientIds: "optional texts" },
  assignmentDeleted: { tenantId: "text", objectId: "text" },
  stateReset: { nextUser: "number", nextToken: "number", firstToken: "number" },
  signingKeySet: { key: "object" },
};

/** The value as an event. @throws TypeError saying which member is wrong; its value may be a secret. */
export function checkEvent(value: unknown): StateEvent {
  const event = (typeof value === "object" && value !== null ? value : {}) as Readonly<
    Record<string, unknown>
  >;
  const type = String(event.type);
  const expected = Object.hasOwn(members, type) ? members[type as StateEvent["type"]] : undefined;
  if (!expected) throw new TypeError(`There is no event of the type ${JSON.stringify(type.slice(0, 40))}`);
  for (const [name, kind] of Object.entries(expected)) {
    if (!isOf(kind, event[name])) throw new TypeError(`The member ${name} of ${type} is not as expected`);
  }
  return event as unknown as StateEvent;
}

function isOf(kind: Kind, value: unknown): boolean {
  switch (kind) {
    case "number":
      return Number.isFinite(value);
    case "optional number":
      return value === undefined || Number.isFinite(value);
    case "text":
      return typeof value === "string";
    case "optional text":
      return value === undefined || typeof value === "string";
    case "optional texts":
      return value === undefined || (Array.isArray(value) && value.every((item) => typeof item === "string"));
    case "object":
      return typeof value === "object" && value !== null;
  }
}
