import type { ServiceCore } from "../../testing/serviceCore.js";
import { checkSeededUser } from "../../testing/settings.js";
import type { User } from "../../testing/state/serviceState.js";
import { createUser, nextUserId } from "../../testing/users.js";
import {
  type AdminAnswer,
  type AdminCall,
  AdminError,
  type AdminRoute,
  limitOf,
  optionalText,
} from "./adminRoute.js";
import { wireTokens } from "./tokens.js";

export const userRoutes: readonly AdminRoute[] = [
  { method: "GET", path: "/users", run: listUsers },
  { method: "POST", path: "/users", run: addUser },
  { method: "GET", path: "/users/{id}", run: (call) => ({ status: 200, body: wireUser(userOf(call)) }) },
  { method: "GET", path: "/users/{id}/tokens", run: listTokensOfUser },
  { method: "DELETE", path: "/users/{id}", run: deleteUser },
];

/** Newest first. `before` is the number of the user at which the last page ended. */
function listUsers({ core, query }: AdminCall): AdminAnswer {
  const limit = limitOf(query);
  const before = Number(query.get("before") ?? Number.POSITIVE_INFINITY);
  const page: User[] = [];
  for (let number = Math.min(before, core.state.nextUser) - 1; number > 0 && page.length < limit; number--) {
    const user = core.state.userByNumber(number);
    if (user) page.push(user);
  }
  return { status: 200, body: { total: core.state.userCount, users: page.map(wireUser) } };
}

function addUser({ core, body }: AdminCall): AdminAnswer {
  const id = optionalText(body, "id");
  const customId = optionalText(body, "customId");
  checkSeededUser(
    { ...(id === undefined ? {} : { id }), ...(customId === undefined ? {} : { customId }) },
    core.settings.resourceId,
  );
  if ((id && core.state.user(id)) || (customId && core.state.userByCustomId(customId))) {
    throw new AdminError(409, "The user exists already");
  }
  return { status: 201, body: wireUser(createUser(core, id ?? nextUserId(core), customId)) };
}

function listTokensOfUser(call: AdminCall): AdminAnswer {
  return { status: 200, body: { tokens: wireTokens(call.core, limitOf(call.query), userOf(call)) } };
}

function deleteUser(call: AdminCall): AdminAnswer {
  call.core.state.record({ type: "userDeleted", user: userOf(call).number });
  return { status: 204 };
}

function userOf({ core, parameters: { id = "" } }: AdminCall): User {
  return existingUser(core, id);
}

/** @throws AdminError 404 */
export function existingUser(core: ServiceCore, id: string): User {
  const user = core.state.user(id);
  if (!user) throw new AdminError(404, "There is no user with this id");
  return user;
}

function wireUser({ number, id, customId, createdAt, lastTokenIssuedAt }: User): object {
  return {
    number,
    id,
    customId,
    createdAt: new Date(createdAt).toISOString(),
    lastTokenIssuedAt:
      lastTokenIssuedAt === undefined ? undefined : new Date(lastTokenIssuedAt).toISOString(),
  };
}
