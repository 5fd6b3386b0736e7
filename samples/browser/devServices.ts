import { text } from "node:stream/consumers";
import { CommunicationIdentityClient, type CommunicationUserIdentifier } from "acs-identity";
import { startEmulator } from "acs-identity/emulator";
import type { Connect, Plugin } from "vite";

interface ViteServer {
  readonly middlewares: Connect.Server;
  readonly httpServer: { on(event: "close", listener: () => void): unknown } | null;
}

/**
 * Runs what the page needs while Vite serves it: a token endpoint, an emulator in place of ACS, and a second emulator
 * over https for its Entra ID authority, because MSAL requires https. None of it is part of a build.
 */
export function devServices(): Plugin {
  return { name: "dev-services", configureServer: serve, configurePreviewServer: serve };
}

async function serve({ middlewares, httpServer }: ViteServer): Promise<void> {
  const emulator = await startEmulator();
  const entra = await startEmulator({ https: true });
  const tokenEndpoint = createTokenEndpoint(new CommunicationIdentityClient(emulator.connectionString));
  httpServer?.on("close", () => {
    void emulator.close();
    void entra.close();
  });

  middlewares.use((request, response, next) => {
    const path = request.url?.split("?", 1)[0] ?? "";
    if (path === "/dev/environment") {
      sendJson(response, {
        endpoint: emulator.service.endpoint,
        connectionString: emulator.connectionString,
        entra: {
          endpoint: entra.url,
          authorityHost: entra.service.entra.authorityHost,
          tenantId: entra.service.entra.tenantId,
          clientId: entra.service.entra.clientId,
        },
      });
    } else if (path === "/dev/sign-in") {
      void text(request).then((name) =>
        sendJson(response, { token: name.trim() }, /\S/.test(name) ? 200 : 400),
      );
    } else if (path === "/token") {
      tokenEndpoint(request.headers.authorization).then((token) => sendJson(response, token), next);
    } else next();
  });
}

/**
 * Stands in for samples/token-service. It keeps users in memory and accepts any name without proof, so use this
 * sign-in only for development.
 */
function createTokenEndpoint(client: CommunicationIdentityClient) {
  const users = new Map<string, Promise<CommunicationUserIdentifier>>();
  return async (authorization = "") => {
    const user = users.get(authorization) ?? client.createUser();
    users.set(authorization, user);
    return { user: await user, ...(await client.getToken(await user, ["voip"])) };
  };
}

function sendJson(response: Parameters<Connect.NextHandleFunction>[1], body: unknown, status = 200): void {
  response.statusCode = status;
  response.setHeader("Content-Type", "application/json");
  response.setHeader("Cache-Control", "no-store");
  response.end(JSON.stringify(body));
}
