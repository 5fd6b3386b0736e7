// Generated from samples/tokenOptions.ts by npm run samples: edit that file, or a copy of this one.
/**
 * Shows what tokenRoute needs of your server: the client, who is signed in, and where the ids of the ACS users are kept.
 * Replace the two maps by your sessions and your database.
 */
import { CommunicationIdentityClient } from "acs-identity";

/** Who is signed in, by the id of the session. */
const sessions = new Map();

/** The id of each person's ACS user: a column of your table of users. */
const userIds = new Map();

/** Returns the person whose session's id is in a `Cookie` header. Without a person, the response is a 401. */
export function personOf(cookies) {
  const [, id = ""] = /(?:^|; )session=([^;]*)/.exec(cookies ?? "") ?? [];
  return sessions.get(id);
}

export const options = {
  /** Creates the client at the first request, so that a build needs no connection string. */
  createClient: () => {
    const { COMMUNICATION_CONNECTION_STRING = "" } = process.env;
    return new CommunicationIdentityClient(COMMUNICATION_CONNECTION_STRING);
  },
  /**
   * Without `created`: returns the person's stored id. With it: stores it only if none is stored, or the stored one is
   * `gone` (deleted). Returns the id stored afterwards. Use one SQL statement, so that two requests agree.
   */
  keepUserId: (person, created, gone) => {
    if (created && [undefined, gone].includes(userIds.get(person))) userIds.set(person, created);
    return Promise.resolve(userIds.get(person));
  },
  whoIsCalling: ({ headers }) => {
    return personOf(headers.get("Cookie"));
  },
  /** Receives a user that nobody uses, and that couldn't be deleted. */
  onUnusedUser: (userId, error) => {
    console.warn(userId, error);
  },
};
