import { rsaNumbers } from "../tokens/signingKey.js";
import type { StateEvent } from "./events.js";

/** A number is one that 32 bits hold: those of users and tokens, and seconds. Times are milliseconds. */
type Kind =
  | "time"
  | "number"
  | "text"
  | "boolean"
  | "texts"
  | "optional text"
  | "optional time"
  | "optional texts"
  | "key";

const members: Readonly<Record<StateEvent["type"], Readonly<Record<string, Kind>>>> = {
  userCreated: {
    user: "number",
    id: "text",
    at: "time",
    customId: "optional text",
    lastTokenIssuedAt: "optional time",
  },
  userDeleted: { user: "number" },
  tokenIssued: { token: "number", user: "number", scopes: "text", issuedAt: "number", expiresAt: "number" },
  tokensRevoked: { user: "number", upTo: "number", at: "time" },
  assignmentSet: { tenantId: "text", objectId: "text", principalType: "text", clientIds: "optional texts" },
  assignmentDeleted: { tenantId: "text", objectId: "text" },
  stateReset: { nextUser: "number", nextToken: "number", firstToken: "number" },
  signingKeySet: { key: "key" },
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
  entraPrincipalDeleted: { objectId: "text" },
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
      return Number(value) >>> 0 === value;
    case "optional time":
      return value === undefined || isOf("time", value);
    case "time":
      return typeof value === "number" && !Number.isNaN(new Date(value).getTime());
    case "text":
      return typeof value === "string";
    case "optional text":
      return value === undefined || typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "texts":
      return Array.isArray(value) && value.every((item) => typeof item === "string");
    case "optional texts":
      return value === undefined || isOf("texts", value);
    case "key":
      return isSigningKey(value);
  }
}

/** Whether it has the form of a key. Only an import, which takes time, can tell whether its numbers fit together. */
function isSigningKey(value: unknown): boolean {
  const { kty, ...numbers } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return kty === "RSA" && rsaNumbers.every((name) => /^[\w-]+$/.test(String(numbers[name] ?? "")));
}
