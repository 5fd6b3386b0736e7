import type { EntraAssignment } from "../../generated/models.js";
import type {
  AssignmentSet,
  EntraApplicationSet,
  EntraAssignmentsChanged,
  EntraGroupSet,
  EntraPrincipalDeleted,
  EntraTenantSet,
  EntraUserSet,
  StateEvent,
  StateReset,
  TokenIssued,
  TokensRevoked,
  UserCreated,
} from "./events.js";
import { TokenTable } from "./tokenTable.js";

export interface User {
  readonly number: number;
  readonly id: string;
  readonly createdAt: number;
  readonly customId?: string;
  /** Milliseconds since 1970. Absent before the first token. */
  lastTokenIssuedAt?: number;
  /** Oldest first. The newest covers all revoked tokens; older ones, kept for a day, tell when each was revoked. */
  revocations?: Revocation[];
}

type Revocation = Pick<TokensRevoked, "upTo" | "at">;

/** A change of the directory. */
export type EntraChange =
  | EntraApplicationSet
  | EntraUserSet
  | EntraGroupSet
  | EntraTenantSet
  | EntraPrincipalDeleted;

const dayInMs = 24 * 60 * 60 * 1000;

/** Holds users, tokens and assignments in memory. Only `record` and `replaceBy` change them. */
export class ServiceState {
  /** Called with each event after it took effect. After `replaceBy` it gets a `stateReset`. */
  onEvent: ((event: StateEvent) => void) | undefined;

  #users = new Map<string, User>();
  #usersByNumber = new Map<number, User>();
  #usersByCustomId = new Map<string, User>();
  #assignments = new Map<string, AssignmentSet>();
  #entraAssignments = new Map<string, Readonly<EntraAssignment> | undefined>();
  #entraChanges = new Map<string, EntraChange>();
  #tokens = new TokenTable();
  #lastUser = 0;
  #lastToken = 0;
  #firstToken = 1;
  #revision = 0;

  record(event: StateEvent): void {
    this.#apply(event);
    this.#revision += 1;
    this.onEvent?.(event);
  }

  /** Takes over the contents of another state, which must not be used afterwards. */
  replaceBy(other: ServiceState): void {
    this.#users = other.#users;
    this.#usersByNumber = other.#usersByNumber;
    this.#usersByCustomId = other.#usersByCustomId;
    this.#assignments = other.#assignments;
    this.#entraAssignments = other.#entraAssignments;
    this.#entraChanges = other.#entraChanges;
    this.#tokens = other.#tokens;
    this.#lastUser = other.#lastUser;
    this.#lastToken = other.#lastToken;
    this.#firstToken = other.#firstToken;
    this.#revision += 1;
    const { nextUser, nextToken, firstToken } = this;
    this.onEvent?.({ type: "stateReset", nextUser, nextToken, firstToken });
  }

  /** Changes whenever the state changes. */
  get revision(): number {
    return this.#revision;
  }

  /** The number that the next user gets. */
  get nextUser(): number {
    return this.#lastUser + 1;
  }

  /** The number that the next token gets. */
  get nextToken(): number {
    return this.#lastToken + 1;
  }

  /** Tokens with a lower number were issued before a reset. */
  get firstToken(): number {
    return this.#firstToken;
  }

  get userCount(): number {
    return this.#users.size;
  }

  users(): IterableIterator<User> {
    return this.#users.values();
  }

  user(id: string): User | undefined {
    return this.#users.get(id);
  }

  userByNumber(number: number): User | undefined {
    return this.#usersByNumber.get(number);
  }

  userByCustomId(customId: string): User | undefined {
    return this.#usersByCustomId.get(customId);
  }

  assignment(tenantId: string, objectId: string): AssignmentSet | undefined {
    return this.#assignments.get(assignmentKey(tenantId, objectId));
  }

  assignments(): IterableIterator<AssignmentSet> {
    return this.#assignments.values();
  }

  /** The Entra assignments by object id, and undefined for removed ones. Those from the options aren't included. */
  get entraAssignments(): ReadonlyMap<string, Readonly<EntraAssignment> | undefined> {
    return this.#entraAssignments;
  }

  /** The latest change of each principal, by object id, and of each tenant, by `tenantKey`. Those from the options aren't included. */
  get entraChanges(): ReadonlyMap<string, EntraChange> {
    return this.#entraChanges;
  }

  /** Yields unexpired tokens of existing users, including revoked ones. `time` is in milliseconds since 1970. */
  *tokens(time: number, users?: readonly User[]): Generator<TokenIssued> {
    const now = Math.floor(time / 1000);
    for (const token of this.#tokens.list(now, users && new Set(users.map(({ number }) => number)))) {
      if (this.#usersByNumber.has(token.user)) yield token;
    }
  }

  /** Yields the events that rebuild this state from nothing, without tokens that expired before `time`. */
  *events(time: number): Generator<StateEvent> {
    yield {
      type: "stateReset",
      nextUser: this.nextUser,
      nextToken: this.nextToken,
      firstToken: this.#firstToken,
    };
    for (const user of this.#users.values()) yield userCreated(user);
    yield* [...this.tokens(time)].sort((one, other) => one.token - other.token);
    for (const { number, revocations = [] } of this.#users.values()) {
      for (const { upTo, at } of revocations) yield { type: "tokensRevoked", user: number, upTo, at };
    }
    yield* this.#assignments.values();
    // One event each, because the size of an event is limited.
    for (const [objectId, assignment] of this.#entraAssignments) {
      const change = assignment ? { set: [assignment], removed: [] } : { set: [], removed: [objectId] };
      yield { type: "entraAssignmentsChanged", ...change };
    }
    yield* this.#entraChanges.values();
  }

  /** Returns when the token was revoked, in milliseconds since 1970. Undefined when it wasn't. */
  revokedAt(user: User, token: number): number | undefined {
    return user.revocations?.find(({ upTo }) => token <= upTo)?.at;
  }

  #apply(event: StateEvent): void {
    switch (event.type) {
      case "userCreated":
        this.#addUser({
          number: event.user,
          id: event.id,
          createdAt: event.at,
          ...(event.customId === undefined ? {} : { customId: event.customId }),
          ...(event.lastTokenIssuedAt === undefined ? {} : { lastTokenIssuedAt: event.lastTokenIssuedAt }),
        });
        break;
      case "userDeleted":
        this.#removeUser(event.user);
        break;
      case "tokenIssued":
        this.#addToken(event);
        break;
      case "tokensRevoked":
        this.#revoke(event);
        break;
      case "assignmentSet":
        this.#assignments.set(assignmentKey(event.tenantId, event.objectId), event);
        break;
      case "assignmentDeleted":
        this.#assignments.delete(assignmentKey(event.tenantId, event.objectId));
        break;
      case "entraAssignmentsChanged":
        this.#changeEntraAssignments(event);
        break;
      case "stateReset":
        this.#reset(event);
        break;
      case "entraApplicationSet":
      case "entraUserSet":
      case "entraGroupSet":
      case "entraPrincipalDeleted":
        this.#entraChanges.set(event.objectId, event);
        break;
      case "entraTenantSet":
        this.#entraChanges.set(tenantKey(event.tenantId), event);
    }
  }

  #reset({ nextUser, nextToken, firstToken }: StateReset): void {
    this.#users.clear();
    this.#usersByNumber.clear();
    this.#usersByCustomId.clear();
    this.#assignments.clear();
    this.#entraAssignments.clear();
    this.#entraChanges.clear();
    this.#tokens = new TokenTable();
    this.#lastUser = nextUser - 1;
    this.#lastToken = nextToken - 1;
    this.#firstToken = firstToken;
  }

  #changeEntraAssignments({ set, removed }: EntraAssignmentsChanged): void {
    for (const assignment of set) this.#entraAssignments.set(assignment.objectId.toLowerCase(), assignment);
    for (const objectId of removed) this.#entraAssignments.set(objectId.toLowerCase(), undefined);
  }

  #addUser(user: User): void {
    this.#users.set(user.id, user);
    this.#usersByNumber.set(user.number, user);
    if (user.customId !== undefined) this.#usersByCustomId.set(user.customId, user);
    this.#lastUser = Math.max(this.#lastUser, user.number);
  }

  #removeUser(number: number): void {
    const user = this.#usersByNumber.get(number);
    if (!user) return;
    this.#users.delete(user.id);
    this.#usersByNumber.delete(number);
    if (user.customId !== undefined) this.#usersByCustomId.delete(user.customId);
  }

  #addToken(token: TokenIssued): void {
    this.#tokens.add(token);
    this.#lastToken = Math.max(this.#lastToken, token.token);
    const user = this.#usersByNumber.get(token.user);
    if (user) user.lastTokenIssuedAt = token.issuedAt * 1000;
  }

  #revoke({ user: number, upTo, at }: TokensRevoked): void {
    const user = this.#usersByNumber.get(number);
    if (!user) return;
    const revocations = user.revocations ?? [];
    user.revocations = revocations;
    while (revocations[0] && at - revocations[0].at >= dayInMs) revocations.shift();
    revocations.push({ upTo, at });
  }
}

/** Avoids spreads, which would take a second for a million users. */
function userCreated({ number, id, createdAt, customId, lastTokenIssuedAt }: User): UserCreated {
  const event: Mutable<UserCreated> = { type: "userCreated", user: number, id, at: createdAt };
  if (customId !== undefined) event.customId = customId;
  if (lastTokenIssuedAt !== undefined) event.lastTokenIssuedAt = lastTokenIssuedAt;
  return event;
}

type Mutable<Type> = { -readonly [Name in keyof Type]: Type[Name] };

/** A tenant can have the id of an object. */
export function tenantKey(tenantId: string): string {
  return `tenant ${tenantId}`;
}

function assignmentKey(tenantId: string, objectId: string): string {
  return `${tenantId}/${objectId}`.toLowerCase();
}
