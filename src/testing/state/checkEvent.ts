import {
  arrayOf,
  type Constraint,
  oneOf,
  optional,
  seconds,
  text,
  texts,
  time,
  wholeNumber,
} from "../validation/constraints.js";
import { base64Decode } from "../wire/bytes.js";
import { groupType, tenantType } from "./entries/groups.js";
import { applicationType, directoryUserType } from "./entries/principals.js";
import { userEvents } from "./entries/user.js";
import type { StateEvent } from "./events.js";

const keyType = oneOf(["primary", "secondary"]);
const base64: Constraint = {
  words: "base64",
  is: (value) => text.is(value) && !!base64Decode(String(value))?.length,
};
/** The service takes ids in upper case, too. */
const assignmentConstraints = { objectId: text, tenantId: text, principalType: text, clientIds: texts };

const assignments = arrayOf("an array of assignments", (value) => {
  const assignment = Object(value) as Readonly<Record<string, unknown>>;
  const constraints = Object.entries(assignmentConstraints);
  return (
    constraints.every(([name, { is }]) => is(assignment[name])) &&
    Object.keys(assignment).length === constraints.length
  );
});

const members: Readonly<Record<StateEvent["type"], Readonly<Record<string, Constraint>>>> = {
  ...userEvents,
  tokenIssued: {
    token: wholeNumber,
    user: wholeNumber,
    scopes: text,
    issuedAt: seconds,
    expiresAt: seconds,
    keyType: optional(keyType),
    tenantId: optional(text),
  },
  accessKeyRegenerated: { keyType, key: base64, upTo: wholeNumber, at: time },
  assignmentSet: { tenantId: text, objectId: text, principalType: text, clientIds: optional(texts) },
  assignmentDeleted: { tenantId: text, objectId: text },
  entraAssignmentsChanged: { set: assignments, removed: texts },
  stateReset: {
    nextUser: wholeNumber,
    nextToken: wholeNumber,
    discardedUpTo: wholeNumber,
  },
  entraApplicationSet: applicationType.constraints,
  entraUserSet: directoryUserType.constraints,
  entraGroupSet: groupType.constraints,
  entraTenantSet: tenantType.constraints,
  entraPrincipalDeleted: { objectId: text, at: optional(time) },
};

const expectedMembers = new Map<unknown, readonly [string, Constraint][]>(
  Object.entries(members).map(([type, constraints]) => [type, Object.entries(constraints)]),
);

type Given = Readonly<Record<string, unknown>>;

/** What completes the entries of the directory that an earlier version wrote, by the type of their event. */
const defaultsByType = new Map<unknown, (given: Given) => object>(
  [applicationType, directoryUserType, groupType, tenantType].map(({ event, defaults }) => [event, defaults]),
);

/**
 * Returns the value as an event.
 *
 * @throws TypeError that names the wrong member. It quotes no value but an unknown type, shortened.
 */
export function checkEvent(value: unknown): StateEvent {
  const given = (typeof value === "object" && value !== null ? value : {}) as Given;
  const defaults = defaultsByType.get(given.type);
  const event = defaults ? { ...defaults(given), ...given } : given;
  const expected = expectedMembers.get(event.type);
  if (!expected) {
    throw new TypeError(`There is no event of the type ${JSON.stringify(String(event.type).slice(0, 40))}`);
  }
  let known = 1;
  for (const [name, constraint] of expected) {
    if (!constraint.is(event[name]))
      throw new TypeError(`The member ${name} of ${event.type} must be ${constraint.words}`);
    if (Object.hasOwn(event, name)) known += 1;
  }
  if (Object.keys(event).length > known) throw new TypeError(`An event ${event.type} has an unknown member`);
  return event as unknown as StateEvent;
}
