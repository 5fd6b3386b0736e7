// Mounts samples/tokenRoute.ts in a Worker. Requests say who calls and where the service is.
import { CommunicationIdentityClient } from "acs-identity";
import { createTokenRoute } from "../../../samples/tokenRoute.js";

const ids = new Map<string, string>();
let handle: ((request: Request) => Promise<Response>) | undefined;

const worker: { fetch(request: Request): Promise<Response> } = {
  async fetch(request) {
    const connectionString = request.headers.get("X-Connection-String") ?? "";
    handle ??= createTokenRoute<Request>({
      createClient: () => new CommunicationIdentityClient(connectionString),
      whoIsCalling: async ({ headers }) => headers.get("X-Person") ?? undefined,
      keepUserId: async (person, created) => {
        if (created && !ids.has(person)) ids.set(person, created);
        return ids.get(person);
      },
    });
    return handle(request);
  },
};

// biome-ignore lint/style/noDefaultExport: this is how Workers find it.
export default worker;
