/**
 * The service in development: `npm run dev`. The emulator stands in for ACS and Entra ID, PGlite for PostgreSQL, and
 * anyone who reaches it may sign in. It is separate from the production entry, src/main.ts, and isn't part of the
 * build.
 */
import { fileURLToPath } from "node:url";
import { startEmulator } from "acs-identity/emulator";
import type { FastifyInstance } from "fastify";
import { addPage } from "./dev/page.js";
import { openPglite } from "./dev/pglite.js";
import { fail } from "./failures.js";
import { runService } from "./run.js";
import { type Service, startService } from "./service.js";
import { readSettings, SettingsError } from "./settings.js";
import { openStore } from "./store/store.js";

if (process.env.NODE_ENV === "production") {
  fail(
    new SettingsError(["it lets everybody sign in: with NODE_ENV=production, use npm start"]),
    "npm run dev",
  );
}

const { DEV_DATA, DEV_PORT = "8080", DEV_EMULATOR_PORT = "7311" } = process.env;
const folder = DEV_DATA ?? fileURLToPath(new URL("../.dev", import.meta.url));
/** The page's application in Entra ID, and the audience of its sign-ins. */
const clientId = "00ac5000-5b4a-4717-8000-000000000010";

async function startAll(): Promise<Service> {
  const database = await openPglite(`${folder}/postgres`);
  await openStore(database).schema.migrate();
  const emulator = await startEmulator({
    port: Number(DEV_EMULATOR_PORT),
    data: `${folder}/emulator.jsonl`,
    entra: { applications: [{ clientId, name: "Token service", hasRole: false }] },
  });
  // DefaultAzureCredential finds a managed identity, as it does in Azure.
  process.env.AZURE_TOKEN_CREDENTIALS = "ManagedIdentityCredential";
  process.env.IDENTITY_ENDPOINT = `${emulator.url}/msi/token`;
  process.env.IDENTITY_HEADER = "acs-identity-emulator";
  const authority = `${emulator.url}/${emulator.service.entra.tenantId}`;
  const settings = readSettings({
    COMMUNICATION_ENDPOINT: emulator.url,
    TOKEN_ISSUER: `${authority}/v2.0`,
    TOKEN_AUDIENCE: clientId,
    TOKEN_JWKS_URL: `${authority}/discovery/v2.0/keys`,
    SCOPE_POLICY: '[{"claim":"scp","value":"access_as_user","scopes":["voip"]}]',
    DATABASE_URL: "postgres://localhost/unused",
    CALLS_PER_MINUTE_AND_CALLER: "60",
    HOST: "127.0.0.1",
    PORT: DEV_PORT,
    DRAIN_SECONDS: "0",
  });
  const extend = (app: FastifyInstance) => addPage(app, emulator.service, clientId);
  const service = await startService(settings, { database, extend });
  console.warn(`DEVELOPMENT: everybody may sign in, at ${service.url}, on the emulator at ${emulator.url}`);
  const stop = async () => {
    await service.stop();
    await emulator.close();
  };
  return { ...service, stop };
}

await runService(() =>
  startAll().catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE") throw error;
    throw new SettingsError([`${error.message}; set DEV_PORT or DEV_EMULATOR_PORT`]);
  }),
);
