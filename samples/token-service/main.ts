/**
 * The token service, with a page that uses it.
 *
 * Runs on the emulator, with a sign-in that lets everyone in, unless COMMUNICATION_CONNECTION_STRING names a
 * resource; then TOKEN_ISSUER, TOKEN_AUDIENCE and TOKEN_JWKS_URL say whose sign-ins count.
 * HOST (127.0.0.1), PORT (8080) and DATABASE (token-service.db beside this file) are optional.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { CommunicationIdentityClient } from "acs-identity";
import { startEmulator } from "acs-identity/emulator";
import { createRemoteJWKSet } from "jose";
import type { TrustedIssuer } from "./authenticate.js";
import { CallerTokens } from "./callerTokens.js";
import { createDevIssuer } from "./devIssuer.js";
import { createTokenService } from "./server.js";
import { UserStore } from "./userStore.js";

const { COMMUNICATION_CONNECTION_STRING: resource, HOST = "127.0.0.1", PORT = "8080" } = process.env;
const database = process.env.DATABASE ?? fileURLToPath(new URL("token-service.db", import.meta.url));

const emulator = resource ? undefined : await startEmulator();
const devIssuer = resource ? undefined : await createDevIssuer();
const store = new UserStore(database);
const client = new CommunicationIdentityClient(emulator?.connectionString ?? resource ?? "");
const server = createServer(
  createTokenService({
    tokens: new CallerTokens(client, store, ["chat", "voip"]),
    trusted: devIssuer ?? trustedIssuer(),
    ...(devIssuer && { devIssuer }),
  }),
);

server.listen(Number(PORT), HOST, () => {
  const { port } = server.address() as AddressInfo;
  console.log(`Token service  http://${HOST}:${port}`);
  console.log(`ACS            ${emulator ? `the emulator, ${emulator.url}` : "the resource"}`);
  console.log(`Users in       ${database}`);
});
process.once("SIGINT", stop);
process.once("SIGTERM", stop);

/** Open requests end first, since they still need the store and the emulator. */
function stop(): void {
  server.close(async () => {
    store.close();
    await emulator?.close();
  });
  server.closeIdleConnections();
}

function trustedIssuer(): TrustedIssuer {
  const { TOKEN_ISSUER: issuer, TOKEN_AUDIENCE: audience, TOKEN_JWKS_URL: jwks } = process.env;
  if (!issuer || !audience || !jwks) {
    throw new Error(
      "A real resource needs real sign-ins: set TOKEN_ISSUER, TOKEN_AUDIENCE and TOKEN_JWKS_URL",
    );
  }
  return { issuer, audience, keys: createRemoteJWKSet(new URL(jwks)) };
}
