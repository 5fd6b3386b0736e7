// What the page says about users, and which ones it lists.
import type { ListedToken, ListedUser } from "../../../admin/models.js";
import type { DeletedUser } from "../emulator/emulatorView.js";
import { formatNumber, formatTime, plural } from "../format.js";
import { isActive } from "./tokenState.js";

/** Returns the first lines of an app. */
export function snippet(connection: string): string {
  return `import { CommunicationIdentityClient } from "acs-identity";
const client = new CommunicationIdentityClient("${connection}");
const { user, token } = await client.createUserAndToken(["voip"]);
`;
}

/** Puts users that were deleted on this page back where they were in the list, unless a snapshot has brought them back. */
export function withDeleted(listed: readonly ListedUser[], deleted: readonly DeletedUser[]): ListedUser[] {
  const users = [...listed];
  for (const { user } of deleted) {
    if (listed.some((each) => keyOf(each) === keyOf(user))) continue;
    // The newest one, with the highest number, comes first.
    const place = users.findIndex(({ number }) => number < user.number);
    users.splice(place < 0 ? users.length : place, 0, user);
  }
  return users;
}

/** As the emulator finds users. */
export function isFound({ id, customId = "" }: ListedUser, search: string): boolean {
  return [id, customId].some((text) => text.toLowerCase().includes(search.toLowerCase()));
}

/** Includes the date, because the same id can appear again after a reset. */
export function keyOf({ id, createdAt }: ListedUser): string {
  return `${id} ${createdAt}`;
}

export function countText(total: number, matching: number, search: string): string {
  return search === "" ? formatNumber(total) : `${formatNumber(matching)} of ${formatNumber(total)}`;
}

export function shownText(shown: number, matching: number, search: string): string {
  const newest = `The newest ${formatNumber(shown)} of ${formatNumber(matching)}`;
  return search === "" ? `${newest} users. Search to find others.` : `${newest} users found.`;
}

export function factsText(
  user: ListedUser,
  tokens: readonly ListedToken[],
  now: number,
  delayInMs = 0,
): string {
  const { tokenCount, lastTokenIssuedAt: last } = user;
  const none = last ? `no valid token, last issued ${formatTime(Date.parse(last), now)}` : "no token";
  const active = tokens.filter((token) => isActive(token, now, delayInMs)).length;
  const some =
    tokenCount > tokens.length || active === tokens.length
      ? plural(tokenCount, "token")
      : `${plural(tokenCount, "token")}, ${formatNumber(active)} active`;
  return `created ${formatTime(Date.parse(user.createdAt), now)} · ${tokens.length === 0 ? none : some}`;
}

/** @param deletedAt - Undefined if only the app knows. */
export function deletedText({ tokenCount }: ListedUser, deletedAt: number | undefined): string {
  const deleted = deletedAt === undefined ? "deleted." : `deleted ${formatTime(deletedAt, deletedAt)}.`;
  if (tokenCount === 0) return deleted;
  return `${deleted} ${tokenCount === 1 ? "Its token is" : `Its ${formatNumber(tokenCount)} tokens are`} void.`;
}
