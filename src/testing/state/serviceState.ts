import type { EntraAssignment } from "../../generated/models.js";
import { AccessKey, type TypedKey } from "./accessKey.js";
import { DeletedUsers } from "./deletedUsers.js";
import {
  created,
  creationOf,
  dayInMs,
  deletedAt,
  revocationsOf,
  revoke,
  type TokensRevoked,
  type User,
  type UserCreated,
  type UserDeleted,
} from "./entries/user.js";
import type {
  AccessKeyRegenerated,
  EntraAssignmentsChanged,
  EntraChange,
  EntraPrincipalDeleted,
  StateEvent,
  StateReset,
  TeamsAssignmentSet,
  TokenIssued,
} from "./events.js";
import { type ReplacementKey, type TokenContent, TokenHistory } from "./tokenHistory.js";

export class ServiceState {
  #users = new Map<string, User>();
  #usersByNumber = new Map<number, User>();
  #usersByCustomId = new Map<string, User>();
  #deletedUsers = new DeletedUsers();
  #teamsAssignments = new Map<string, TeamsAssignmentSet>();
  #entraAssignments = new Map<string, Readonly<EntraAssignment> | undefined>();
  #entraChanges = new Map<string, EntraChange>();
  #entraRevision = 0;
  /** The deleted principals, in the order of the deletions. */
  #deletedPrincipals = new Map<string, EntraPrincipalDeleted>();
  #newKeys: readonly ReplacementKey[] = [];
  #tokens = new TokenHistory();
  #lastUser = 0;
  #revision = 0;
  #resets = 0;

  /** Changes whenever the state changes. */
  get revision(): number {
    return this.#revision;
  }

  /** Changes whenever everything is replaced. */
  get resets(): number {
    return this.#resets;
  }

  get nextUser(): number {
    return Math.min(this.#lastUser + 1, Number.MAX_SAFE_INTEGER);
  }

  get nextToken(): number {
    return this.#tokens.next;
  }

  /** The keys that replaced others, oldest first: those of the last day, and the last two of each type. */
  get newKeys(): readonly TypedKey[] {
    return this.#newKeys;
  }

  get highestToken(): number {
    return this.#tokens.highest;
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

  /** Returns the user with this id that has the token, even if it was deleted just now. */
  userWithToken(id: string, token: TokenContent): User | undefined {
    const users = [...this.#deletedUsers.withId(id), this.#users.get(id)];
    return users.findLast((user) => user && !(token.token < (user.firstToken ?? 0)));
  }

  userByNumber(number: number): User | undefined {
    return this.#usersByNumber.get(number);
  }

  userByCustomId(customId: string): User | undefined {
    return this.#usersByCustomId.get(customId);
  }

  teamsAssignment(tenantId: string, objectId: string): TeamsAssignmentSet | undefined {
    return this.#teamsAssignments.get(assignmentKey(tenantId, objectId));
  }

  teamsAssignments(): IterableIterator<TeamsAssignmentSet> {
    return this.#teamsAssignments.values();
  }

  /** The Entra assignments by object id, and undefined for removed ones. Those from the options aren't included. */
  get entraAssignments(): ReadonlyMap<string, Readonly<EntraAssignment> | undefined> {
    return this.#entraAssignments;
  }

  /** The latest change of each principal, by object id, and of each tenant, by `tenantKey`. Those from the options aren't included. */
  get entraChanges(): ReadonlyMap<string, EntraChange> {
    return this.#entraChanges;
  }

  /** The principals that were deleted in the last day, and those that the directory would have otherwise, by object id. */
  get deletedPrincipals(): ReadonlyMap<string, EntraPrincipalDeleted> {
    return this.#deletedPrincipals;
  }

  /** Changes whenever `entraChanges` or `deletedPrincipals` does. */
  get entraRevision(): number {
    return this.#entraRevision;
  }

  /** Yields the tokens of existing users, oldest first, including those that were revoked or have expired. */
  *tokens(): Generator<TokenIssued> {
    for (const token of this.#tokens.list()) {
      if (this.#usersByNumber.has(token.user)) yield token;
    }
  }

  /** Yields the events that rebuild this state from nothing, without tokens that expired before `time`. */
  *events(time: number = 0): Generator<StateEvent> {
    yield {
      type: "stateReset",
      nextUser: this.nextUser,
      nextToken: this.nextToken,
      discardedUpTo: this.#tokens.discardedUpTo,
    };
    for (const user of this.#deletedUsers.values()) {
      yield creationOf(user);
      yield* revocationsOf(user);
      yield { type: "userDeleted", user: user.number, at: deletedAt(user) };
    }
    for (const user of this.#users.values()) yield creationOf(user);
    for (const token of this.#tokens.list(Math.floor(time / 1000))) {
      if (this.#usersByNumber.has(token.user) || this.#deletedUsers.has(token.user)) yield token;
    }
    for (const user of this.#users.values()) yield* revocationsOf(user);
    for (const { key, ...rest } of this.#newKeys)
      yield { type: "accessKeyRegenerated", key: key.text, ...rest };
    yield* this.#teamsAssignments.values();
    // Each assignment has an event of its own, because the size of an event is limited.
    for (const [objectId, assignment] of this.#entraAssignments) {
      const change = assignment ? { set: [assignment], removed: [] } : { set: [], removed: [objectId] };
      yield { type: "entraAssignmentsChanged", ...change };
    }
    yield* this.#entraChanges.values();
    yield* this.#deletedPrincipals.values();
  }

  /** Returns when the token was first revoked, in milliseconds since 1970. Undefined if it wasn't. */
  revokedAt(user: User, token: TokenContent): number | undefined {
    return this.#tokens.revokedAt(user, token, this.#newKeys);
  }

  /**
   * Whether the token was issued before a reset or a restore that doesn't have it.
   * @param user - What `userWithToken` returns.
   */
  isDiscarded(token: TokenContent, user: User | undefined): boolean {
    return this.#tokens.isDiscarded(token, user);
  }

  /** Makes a change. The state changes in no other way. */
  apply(event: StateEvent): void {
    this.#revision += 1;
    switch (event.type) {
      case "userCreated":
        this.#addUser(event);
        break;
      case "userDeleted":
        this.#removeUser(event);
        break;
      case "tokenIssued":
        this.#addToken(event);
        break;
      case "tokensRevoked":
        this.#revoke(event);
        break;
      case "accessKeyRegenerated":
        this.#replaceKey(event);
        break;
      case "assignmentSet":
        this.#teamsAssignments.set(assignmentKey(event.tenantId, event.objectId), event);
        break;
      case "assignmentDeleted":
        this.#teamsAssignments.delete(assignmentKey(event.tenantId, event.objectId));
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
        this.#changeDirectory(event.objectId, event);
        break;
      case "entraPrincipalDeleted":
        this.#deletePrincipal(event);
        break;
      case "entraTenantSet":
        this.#changeDirectory(tenantKey(event.tenantId), event);
    }
  }

  #reset({ nextUser, nextToken, discardedUpTo }: StateReset): void {
    this.#users.clear();
    this.#usersByNumber.clear();
    this.#usersByCustomId.clear();
    this.#deletedUsers = new DeletedUsers();
    this.#teamsAssignments.clear();
    this.#entraAssignments.clear();
    this.#entraChanges.clear();
    this.#entraRevision += 1;
    this.#deletedPrincipals.clear();
    this.#newKeys = [];
    this.#tokens = new TokenHistory(nextToken - 1, discardedUpTo);
    this.#lastUser = nextUser - 1;
    this.#resets += 1;
  }

  #changeEntraAssignments({ set, removed }: EntraAssignmentsChanged): void {
    for (const assignment of set) this.#entraAssignments.set(assignment.objectId.toLowerCase(), assignment);
    for (const objectId of removed) this.#entraAssignments.set(objectId.toLowerCase(), undefined);
  }

  #addUser(event: UserCreated): void {
    const user = created(event);
    this.#users.set(user.id, user);
    this.#usersByNumber.set(user.number, user);
    if (user.customId !== undefined) this.#usersByCustomId.set(user.customId, user);
    this.#lastUser = Math.max(this.#lastUser, user.number);
  }

  #removeUser({ user: number, at }: UserDeleted): void {
    const user = this.#usersByNumber.get(number);
    if (!user) return;
    this.#users.delete(user.id);
    this.#usersByNumber.delete(number);
    if (user.customId !== undefined) this.#usersByCustomId.delete(user.customId);
    if (at !== undefined) this.#deletedUsers.add(user, at);
  }

  #revoke(event: TokensRevoked): void {
    const user = this.#usersByNumber.get(event.user);
    if (user) revoke(user, event);
  }

  #changeDirectory(key: string, change: EntraChange): void {
    this.#entraChanges.set(key, change);
    this.#deletedPrincipals.delete(key);
    this.#entraRevision += 1;
  }

  /** Notes a deletion, and forgets those of a day before, because the principals' tokens have expired. */
  #deletePrincipal(event: EntraPrincipalDeleted): void {
    const { objectId, at = 0 } = event;
    this.#entraRevision += 1;
    this.#entraChanges.delete(objectId);
    for (const [earlier, deleted] of this.#deletedPrincipals) {
      if (deleted.at === undefined) continue;
      if (at - deleted.at < dayInMs) break;
      this.#deletedPrincipals.delete(earlier);
    }
    this.#deletedPrincipals.delete(objectId);
    this.#deletedPrincipals.set(objectId, event);
  }

  #addToken(token: TokenIssued): void {
    const user = this.#usersByNumber.get(token.user);
    // An event that was rebuilt from a state is older than what is known of its user.
    if (user && token.token > this.#tokens.latest) user.lastTokenIssuedAt = token.issuedAt * 1000;
    this.#tokens.add(token);
  }

  #replaceKey({ type: _, key: text, ...others }: AccessKeyRegenerated): void {
    const latest = this.#newKeys.findLast(({ keyType }) => keyType === others.keyType);
    // The tokens of an older key have expired, and only diagnoses would name it.
    const kept = this.#newKeys.filter(
      (each) => each === latest || each.keyType !== others.keyType || others.at - each.at < dayInMs,
    );
    this.#newKeys = [...kept, { key: AccessKey.fromBase64(text), ...others }];
  }
}

/** Returns the key of a tenant's change, which differs from object ids: a tenant can have the id of an object. */
export function tenantKey(tenantId: string): string {
  return `tenant ${tenantId}`;
}

function assignmentKey(tenantId: string, objectId: string): string {
  return `${tenantId}/${objectId}`.toLowerCase();
}
