// What the page says about users, and which ones it lists.
import type { ListedToken, ListedUser } from "../../../admin/models.js";
import type { DeletedUser } from "../emulator/emulatorView.js";
import { formatNumber, formatTime, plural } from "../format.js";
import type { Language } from "../header/shellText.js";
import { isActive } from "./tokenState.js";

/** Returns the first lines of an app, which create a user with a token. */
export function snippet(connection: string, language: Language): string {
  switch (language) {
    case "JavaScript":
      return `import { CommunicationIdentityClient } from "acs-identity";
const client = new CommunicationIdentityClient("${connection}");
const { user, token } = await client.createUserAndToken(["voip"]);
`;
    case "Python":
      return `# pip install azure-communication-identity
import os
from azure.communication.identity import CommunicationIdentityClient
from azure.core.credentials import AzureKeyCredential
key = AzureKeyCredential(os.environ["COMMUNICATION_ACCESS_KEY"])
client = CommunicationIdentityClient(os.environ["COMMUNICATION_ENDPOINT"], key)
user, token = client.create_user_and_token(["voip"])
print("Created", user.raw_id)
`;
    case ".NET":
      return `using Azure.Communication.Identity;
var client = new CommunicationIdentityClient(Environment.GetEnvironmentVariable("COMMUNICATION_CONNECTION_STRING"));
var result = await client.CreateUserAndTokenAsync(new[] { CommunicationTokenScope.VoIP });
`;
    case "Java":
      return `var client = new CommunicationIdentityClientBuilder()
    .connectionString(System.getenv("COMMUNICATION_CONNECTION_STRING")).buildClient();
var result = client.createUserAndToken(List.of(CommunicationTokenScope.VOIP));
`;
    case "Go":
      return `// Microsoft has no client for Go. Sign requests yourself, or sign in with azidentity:
// docs/otherLanguages.md of acs-identity has the code.
`;
  }
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
