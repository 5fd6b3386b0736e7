// The part of an application that is the same in all frameworks.
import { CommunicationIdentityClient } from "acs-identity";

const ids = new Map<string, string>();
/** By the header `Cookie`. */
export const sessions = new Map([["person=alice", "alice"]]);

export const options = {
  createClient: () =>
    new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING ?? "", {
      retryOptions: { maxRetries: 0 },
    }),
  keepUserId: async (person: string, created?: string, gone?: string): Promise<string | undefined> => {
    const kept = ids.get(person);
    if (created && (!kept || kept === gone)) ids.set(person, created);
    return ids.get(person);
  },
  whoIsCalling: async ({ headers }: { readonly headers: Headers }): Promise<string | undefined> =>
    sessions.get(headers.get("cookie") ?? ""),
};
