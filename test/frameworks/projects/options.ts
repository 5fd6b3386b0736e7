// The part of an application that is the same in all frameworks.
import { CommunicationIdentityClient } from "acs-identity";

const ids = new Map<string, string>();

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
    personOf({ headers: { cookie: headers.get("cookie") ?? "" } }),
};

export async function personOf({
  headers,
}: {
  readonly headers: { readonly cookie?: string | undefined };
}): Promise<string | undefined> {
  return /person=(\w+)/.exec(headers.cookie ?? "")?.[1];
}
