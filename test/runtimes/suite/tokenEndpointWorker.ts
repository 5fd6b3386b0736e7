// Mounts a token endpoint in a Worker, on D1. Requests say who calls and where the service is.
import { CommunicationIdentityClient } from "acs-identity";
import { createTokenEndpoint, type TokenEndpoint } from "acs-identity/token-endpoint";
// @ts-expect-error: the test writes it, from the page.
import { userIds } from "./userIds.js";

interface Environment {
  readonly DB: { exec(sql: string): Promise<unknown> };
}

let tokens: TokenEndpoint | undefined;

const worker: { fetch(request: Request, env: Environment): Promise<Response> } = {
  async fetch(request, { DB }) {
    if (request.url.endsWith("/table")) {
      await DB.exec("CREATE TABLE acs_users (person TEXT PRIMARY KEY, id TEXT NOT NULL)");
      return new Response();
    }
    const { headers } = request;
    if (!tokens) {
      const connectionString = headers.get("X-Connection-String") ?? "";
      tokens = createTokenEndpoint({
        client: new CommunicationIdentityClient(connectionString, { retryOptions: { maxRetries: 0 } }),
        userIds,
        scopes: ["voip"],
      });
    }
    const { body, ...init } = await tokens.respond(headers.get("X-Person"), { abortSignal: request.signal });
    return new Response(body, init);
  },
};

// biome-ignore lint/style/noDefaultExport: this is how Workers find it.
export default worker;
