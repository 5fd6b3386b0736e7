import { requiredField } from "../../testing/httpError.js";
import type { ServiceCore } from "../../testing/serviceCore.js";
import { checkSeededUser } from "../../testing/settings.js";
import type { User } from "../../testing/state/serviceState.js";
import { addUser, nextUserId, ownedUser, revokeTokensOf } from "../../testing/users.js";
import type { JsonObject } from "../../testing/wire/requestBody.js";
import {
  type AdminCall,
  AdminError,
  type AdminRoute,
  change,
  dateText,
  limit,
  limitOf,
  numberOf,
  optionalMembers,
  optionalText,
  post,
  read,
} from "./adminRoute.js";
import type { NewToken, NewUser, TokenList, UserAnswer, UserList } from "./answers.js";
import { newToken, tokenRequestIn, tokensOfUsers, wireTokens } from "./tokens.js";

const minutes = "60 to 1440";

export const userRoutes: readonly AdminRoute[] = [
  read("/users", listUsers, { limit, before: "number of a user", search: "string", tokens: limit }),
  post("/users", 201, postUser, {
    id: "string",
    customId: "string",
    scopes: "array of strings, for a token",
    expiresInMinutes: minutes,
  }),
  read("/users/{id}", (call) => wireUser(userOf(call))),
  read("/users/{id}/tokens", listTokensOfUser, { limit }),
  post("/users/{id}/tokens", 201, issueTokenToUser, {
    scopes: "array of strings, required",
    expiresInMinutes: minutes,
  }),
  change("DELETE", "/users/{id}/tokens", revokeTokensOfUser),
  change("DELETE", "/users/{id}", deleteUser),
];

/**
 * Lists users, newest first. `before` is the number of the previous page's last user, `search` a part of an id or
 * custom id, and `tokens` how many tokens to list with each user.
 */
function listUsers({ core, query }: AdminCall): UserList {
  const size = limitOf(query);
  const before = numberOf(query, "before", Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  const search = (query.get("search") ?? "").toLowerCase();
  const page: User[] = [];
  let matching = search === "" ? core.state.userCount : 0;
  for (const user of [...core.state.users()].reverse()) {
    if (search === "" && page.length === size) break;
    if (!isFound(user, search)) continue;
    if (search !== "") matching += 1;
    if (user.number < before && page.length < size) page.push(user);
  }
  const tokens = query.has("tokens") ? tokensOfUsers(core, page, limitOf(query, "tokens")) : undefined;
  const users = page.map((user) => ({ ...wireUser(user), ...tokens?.get(user.number) }));
  return { total: core.state.userCount, matching, users };
}

function isFound({ id, customId = "" }: User, search: string): boolean {
  return search === "" || id.toLowerCase().includes(search) || customId.toLowerCase().includes(search);
}

function postUser({ change, body }: AdminCall): Promise<NewUser> {
  return change((core) => createUser(core, body));
}

async function createUser(core: ServiceCore, body: JsonObject): Promise<NewUser> {
  const user = optionalMembers(body, optionalText, "id", "customId");
  checkSeededUser(user, core.settings.resourceId);
  const { id, customId } = user;
  // No user is created if the token would be refused.
  const request = tokenRequestIn(body);
  if ((id && core.state.user(id)) || (customId && core.state.userByCustomId(customId))) {
    throw new AdminError(409, "The user already exists");
  }
  const added = addUser(core, id ?? nextUserId(core), customId);
  const accessToken = request && (await newToken(core, added, request));
  return { ...wireUser(added), ...(accessToken && { accessToken }) };
}

function listTokensOfUser(call: AdminCall): TokenList {
  return { tokens: wireTokens(call.core, limitOf(call.query), userOf(call)) };
}

function issueTokenToUser({ change, parameters: { id = "" }, body }: AdminCall): Promise<NewToken> {
  return change((core) => {
    const request = tokenRequestIn(body);
    if (!request) throw requiredField("Scopes");
    return newToken(core, ownedUser(core, existingUser(core, id).id), request);
  });
}

async function revokeTokensOfUser({ change, parameters: { id = "" } }: AdminCall): Promise<void> {
  await change((core) => revokeTokensOf(core, existingUser(core, id)));
}

async function deleteUser({ change, parameters: { id = "" } }: AdminCall): Promise<void> {
  await change((core) => core.state.record({ type: "userDeleted", user: existingUser(core, id).number }));
}

function userOf({ core, parameters: { id = "" } }: AdminCall): User {
  return existingUser(core, id);
}

/** @throws AdminError 404 if there is no such user. */
function existingUser(core: ServiceCore, id: string): User {
  const user = core.state.user(id);
  if (!user) throw new AdminError(404, "There is no user with this id");
  return user;
}

function wireUser({ number, id, customId, createdAt, lastTokenIssuedAt }: User): UserAnswer {
  return {
    number,
    id,
    customId,
    createdAt: dateText(createdAt),
    lastTokenIssuedAt: dateText(lastTokenIssuedAt),
  };
}
