import { CommunicationIdentityClient } from "acs-identity";
import { startEmulator } from "acs-identity/emulator";
import { createTokenEndpoint } from "acs-identity/token-endpoint";
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
  // Stands in for the token service: it keeps users in memory and accepts any name without proof.
  const tokens = createTokenEndpoint({
    client: new CommunicationIdentityClient(emulator.connectionString),
    userIds: new Map(),
    scopes: ["voip"],
  });
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
      readName(request).then((token) => sendJson(response, { token }, token ? 200 : 400), next);
    } else if (path === "/token") {
      tokens
        .respond(request.headers.authorization)
        .then(({ status, headers, body }) => response.writeHead(status, headers).end(body), next);
    } else next();
  });
}

const longestName = 100;

/** Reads a name, and nothing more than one: the rest of a longer body isn't read. */
async function readName(request: Connect.IncomingMessage): Promise<string> {
  let name = "";
  for await (const chunk of request.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    name += chunk;
    if (name.length > longestName) return "";
  }
  return name.trim();
}

function sendJson(response: Parameters<Connect.NextHandleFunction>[1], body: unknown, status = 200): void {
  response.statusCode = status;
  response.setHeader("Content-Type", "application/json");
  response.setHeader("Cache-Control", "no-store");
  response.end(JSON.stringify(body));
}
