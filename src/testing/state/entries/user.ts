// A user of the service: what it is made of, what the events do to it, and what others see of it. What a user is created with
// goes from `SeededUser` to all of them.
import { check } from "../../validation/check.js";
import {
  type Constraint,
  type Constraints,
  optional,
  resolved,
  text,
  time,
  wholeNumber,
  withoutUndefined,
} from "../../validation/constraints.js";

/** A user that exists from the start. */
export interface SeededUser {
  /** `8:acs:<resourceId>_<guid>`, with the resource id of the service. @defaultValue generated from the seed */
  readonly id?: string | undefined;
  /** 1 to 256 characters. `createUser` with the same one returns this user. @defaultValue none */
  readonly customId?: string | undefined;
}

/** What a user is created with, besides its id. */
type UserMembers = {
  readonly [Name in Exclude<keyof SeededUser, "id">]?: Exclude<SeededUser[Name], undefined>;
};

const memberConstraints: Constraints<UserMembers> = {
  customId: optional({
    words: "a string of 1 to 256 characters",
    is: (value) => typeof value === "string" && value.length >= 1 && value.length <= 256,
  }),
};

export const seededUserConstraints: Constraints<SeededUser> = { id: optional(text), ...memberConstraints };

/** A user of the fake service. */
export interface FakeUser {
  /** The raw id: `8:acs:…`. */
  readonly id: string;
  /** The id that the caller chose. Absent if there is none. */
  readonly customId?: string;
  /** By the service's clock. */
  readonly createdAt: Date;
  /** By the service's clock. Absent if the user never had a token. */
  readonly lastTokenIssuedAt?: Date;
}

export interface User extends UserMembers {
  readonly number: number;
  readonly id: string;
  readonly createdAt: number;
  /** The lowest number of the user's tokens, as in `UserCreated`. */
  readonly firstToken?: number;
  /** Milliseconds since 1970. Absent before the first token. */
  lastTokenIssuedAt?: number;
  /** Oldest first. The newest covers all revoked tokens; older ones, kept for a day, tell when each was revoked. */
  revocations?: Revocation[];
}

export interface UserCreated extends UserMembers {
  readonly type: "userCreated";
  /** The user's number within this state, from 1. Unique until the state is reset. */
  readonly user: number;
  /** The raw id: `8:acs:<resource>_<user>`, or `8:orgid:<user>` for a Teams user. */
  readonly id: string;
  readonly at: number;
  /** Tokens with a lower number belong to an earlier user with this id. Absent if the id was made for this user. */
  readonly firstToken?: number;
  /** Present only when the event was rebuilt from the state, for example for a snapshot. */
  readonly lastTokenIssuedAt?: number;
}

/** A user was deleted, together with its tokens and custom id. */
export interface UserDeleted {
  readonly type: "userDeleted";
  readonly user: number;
  /** The time of the deletion, which revokes the user's tokens with a delay. Absent if they are invalid at once. */
  readonly at?: number;
}

export interface TokensRevoked {
  readonly type: "tokensRevoked";
  readonly user: number;
  /** Tokens with a number up to and including this one are revoked. */
  readonly upTo: number;
  readonly at: number;
}

/** Tokens up to a number were revoked. */
export type Revocation = Pick<TokensRevoked, "upTo" | "at">;

const userId: Constraint = {
  words: "a user's id, which begins with 8:acs: or 8:orgid:",
  is: (value) => typeof value === "string" && /^8:(?:acs|orgid):./s.test(value),
};

/** The members of the events that are about a user. */
export const userEvents: Readonly<
  Record<(UserCreated | UserDeleted | TokensRevoked)["type"], Readonly<Record<string, Constraint>>>
> = {
  userCreated: {
    user: wholeNumber,
    id: userId,
    at: time,
    ...memberConstraints,
    firstToken: optional(wholeNumber),
    lastTokenIssuedAt: optional(time),
  },
  userDeleted: { user: wholeNumber, at: optional(time) },
  tokensRevoked: { user: wholeNumber, upTo: wholeNumber, at: time },
};

/** Returns the user without members that are undefined. @throws TypeError if it isn't valid for the resource. */
export function checkedUser(user: SeededUser, resourceId: string): SeededUser {
  const prefix = `8:acs:${resourceId}_`;
  const id = optional({
    words: `a string that starts with ${prefix}`,
    is: (value) => typeof value === "string" && value.startsWith(prefix) && value.length > prefix.length,
  });
  return resolved<SeededUser>("A user", { ...seededUserConstraints, id }, user, {});
}

/** @throws TypeError if a snapshot has had a user with the same number, id or custom id. */
export function checkUnique(
  { user, id, customId }: UserCreated,
  earlier: {
    user(id: string): User | undefined;
    userByNumber(number: number): User | undefined;
    userByCustomId(customId: string): User | undefined;
  },
): void {
  const sameCustomId = customId === undefined ? undefined : earlier.userByCustomId(customId);
  const other = earlier.user(id) ?? earlier.userByNumber(user) ?? sameCustomId;
  check(!other, "Two users of the snapshot have the same number, id or customId");
}

/** Returns what is stored of a user that is about to be created. */
export function membersOf({ id: _, ...members }: SeededUser): UserMembers {
  return withoutUndefined(members) as UserMembers;
}

export function created({ type: _, user: number, at: createdAt, ...others }: UserCreated): User {
  return { number, createdAt, ...others };
}

/** How long what revoked a token is remembered. */
export const dayInMs: number = 24 * 60 * 60 * 1000;

export function revoke(user: User, { upTo, at }: TokensRevoked): void {
  const revocations = user.revocations ?? [];
  user.revocations = revocations;
  while (revocations[0] && at - revocations[0].at >= dayInMs) revocations.shift();
  revocations.push({ upTo, at });
}

/** Returns when a user was deleted: a deletion also revokes the user's tokens, and nothing revokes them after that. */
export function deletedAt({ revocations }: User): number {
  return revocations?.at(-1)?.at ?? 0;
}

/** Returns the event that creates the user as it is, but for its revocations. */
export function creationOf({ number, createdAt, revocations: _, ...others }: User): UserCreated {
  return { type: "userCreated", user: number, at: createdAt, ...others };
}

export function revocationsOf({ number, revocations = [] }: User): TokensRevoked[] {
  return revocations.map(({ upTo, at }) => ({ type: "tokensRevoked", user: number, upTo, at }));
}

/** What others see of a user, with times in milliseconds since 1970. */
export type UserView = Omit<User, "firstToken" | "revocations">;

export function viewOf({ firstToken: _1, revocations: _2, ...view }: User): UserView {
  return view;
}

export function toFakeUser(user: User): FakeUser {
  const { number: _, createdAt, lastTokenIssuedAt, ...view } = viewOf(user);
  return {
    ...view,
    createdAt: new Date(createdAt),
    ...(lastTokenIssuedAt !== undefined && { lastTokenIssuedAt: new Date(lastTokenIssuedAt) }),
  };
}
