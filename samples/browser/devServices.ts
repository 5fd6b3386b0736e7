import { CommunicationIdentityClient } from "acs-identity";
import { startEmulator } from "acs-identity/emulator";
import type { Connect, Plugin } from "vite";
import { CallerTokens } from "../token-service/callerTokens.js";
import { createDevIssuer } from "../token-service/devIssuer.js";
import { createTokenService } from "../token-service/server.js";
import { UserStore } from "../token-service/userStore.js";

interface ViteServer {
  readonly middlewares: Connect.Server;
  readonly httpServer: { on(event: "close", listener: () => void): unknown } | null;
}

/**
 * What the page needs around it for as long as Vite serves it: the token service of the other sample, the emulator
 * instead of ACS, and one over https with its Entra ID authority, because MSAL signs in over https only. Nothing of it is
 * in a build.
 */
export function devServices(): Plugin {
  return { name: "dev-services", configureServer: serve, configurePreviewServer: serve };
}

async function serve({ middlewares, httpServer }: ViteServer): Promise<void> {
  const emulator = await startEmulator();
  const entra = await startEmulator({ https: true });
  const store = new UserStore(":memory:");
  const devIssuer = await createDevIssuer();
  const client = new CommunicationIdentityClient(emulator.connectionString);
  const tokens = new CallerTokens(client, store, ["chat", "voip"]);
  const tokenService = createTokenService({ tokens, trusted: devIssuer, devIssuer });
  httpServer?.on("close", () => {
    store.close();
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
    } else if (path.startsWith("/api/") || path === "/dev/sign-in") {
      tokenService(request, response as Parameters<typeof tokenService>[1]);
    } else next();
  });
}

function sendJson(response: Parameters<Connect.NextHandleFunction>[1], body: unknown): void {
  response.setHeader("Content-Type", "application/json");
  response.setHeader("Cache-Control", "no-store");
  response.end(JSON.stringify(body));
}
