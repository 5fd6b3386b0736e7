import { addUser, ownedUser, removeUser, revokeTokensOf } from "../../testing/service/users.js";
import { checkedUser, seededUserConstraints, type User, viewOf } from "../../testing/state/entries/user.js";
import { anything, integer, optional } from "../../testing/validation/constraints.js";
import { requiredField } from "../../testing/wire/httpError.js";
import {
  type AdminInput,
  type AdminRow,
  dateText,
  get,
  limit,
  noContent,
  post,
  refused,
  requestedLimit,
  search,
} from "./adminRow.js";
import type { NewToken, NewUser, TokenList, UserDetails, UserList } from "./models.js";
import {
  newToken,
  signedToken,
  tokenConstraints,
  tokenRequestIn,
  tokensOfUsers,
  wireTokens,
} from "./tokens.js";

export const userRoutes: readonly AdminRow[] = [
  get("/users", listUsers, {
    limit,
    before: optional(integer(1, Number.MAX_SAFE_INTEGER)),
    search,
    tokens: limit,
  }),
  post("/users", 201, postUser, { ...seededUserConstraints, ...tokenConstraints }),
  get("/users/{id}", (input) => wireUser(requestedUser(input))),
  get(
    "/users/{id}/tokens",
    (input): TokenList => ({
      tokens: wireTokens(input.fake, requestedLimit(input.query), requestedUser(input)),
    }),
    { limit },
  ),
  post("/users/{id}/tokens", 201, issueTokenToUser, {
    ...tokenConstraints,
    scopes: anything("an array of strings, required"),
  }),
  noContent("DELETE", "/users/{id}/tokens", revokeTokensOfUser),
  noContent("DELETE", "/users/{id}", deleteUser),
];

/**
 * Lists users, newest first. `before` is the number of the previous page's last user, `search` a part of an id or
 * custom id, and `tokens` how many tokens to list with each user.
 */
function listUsers({ fake, query }: AdminInput): UserList {
  const size = requestedLimit(query);
  const before = Number(query.get("before") ?? Number.MAX_SAFE_INTEGER);
  const part = (query.get("search") ?? "").toLowerCase();
  const page: User[] = [];
  let matching = part === "" ? fake.state.userCount : 0;
  for (const user of [...fake.state.users()].reverse()) {
    if (part === "" && page.length === size) break;
    if (!isFound(user, part)) continue;
    if (part !== "") matching += 1;
    if (user.number < before && page.length < size) page.push(user);
  }
  const tokens = query.has("tokens") ? tokensOfUsers(fake, page, requestedLimit(query, "tokens")) : undefined;
  const users = page.map((user) => ({ ...wireUser(user), ...tokens?.get(user.number) }));
  return { total: fake.state.userCount, matching, users };
}

function isFound({ id, customId = "" }: User, part: string): boolean {
  return part === "" || id.toLowerCase().includes(part) || customId.toLowerCase().includes(part);
}

async function postUser({ fake, body }: AdminInput): Promise<NewUser> {
  const { settings, clock, state, store } = fake;
  const members = Object.keys(seededUserConstraints).map((name) => [name, body[name]]);
  const seed = checkedUser(Object.fromEntries(members), settings.resourceId);
  const { id, customId } = seed;
  // The token is checked first, so that no user is created if it would be refused.
  const request = tokenRequestIn(body);
  const { added, token } = await store.change((draft) => {
    if ((id && state.user(id)) || (customId && state.userByCustomId(customId))) {
      throw refused(409, "The user already exists");
    }
    const user = addUser(fake, draft, clock.time, seed);
    return { added: wireUser(user), token: request && newToken(fake, draft, user, request) };
  });
  return { ...added, ...(token && { accessToken: await signedToken(fake, token) }) };
}

async function issueTokenToUser(input: AdminInput): Promise<NewToken> {
  const { fake, body } = input;
  const request = tokenRequestIn(body);
  if (!request) throw requiredField("Scopes");
  const token = await fake.store.change((draft) =>
    newToken(fake, draft, ownedUser(fake, requestedUser(input).id), request),
  );
  return signedToken(fake, token);
}

function revokeTokensOfUser(input: AdminInput): Promise<void> {
  const { store, clock } = input.fake;
  return store.change((draft) => revokeTokensOf(draft, clock.time, requestedUser(input)));
}

function deleteUser(input: AdminInput): Promise<void> {
  const { store, settings, clock } = input.fake;
  return store.change((draft) => removeUser(settings, draft, clock.time, requestedUser(input)));
}

/** @throws HttpError 404 if there is no such user. */
function requestedUser({ fake, pathParameters: { id = "" } }: AdminInput): User {
  const user = fake.state.user(id);
  if (!user) throw refused(404, "There is no user with this id");
  return user;
}

function wireUser(user: User): UserDetails {
  return {
    ...viewOf(user),
    createdAt: dateText(user.createdAt),
    lastTokenIssuedAt: dateText(user.lastTokenIssuedAt),
  };
}
