/**
 * The service in development: `npm run dev`. The emulator stands in for ACS and Entra ID, PGlite for PostgreSQL, and
 * anyone who reaches it may sign in. It is separate from the production entry, src/main.ts, and isn't part of the
 * build.
 */
import { fileURLToPath } from "node:url";
import { startEmulator } from "acs-identity/emulator";
import { addPage } from "./dev/page.js";
import { openPglite } from "./dev/pglite.js";
import { fail } from "./failures.js";
import { run } from "./run.js";
import { startService } from "./service.js";
import { type Settings, SettingsError } from "./settings.js";
import { Store } from "./store/store.js";

if (process.env.NODE_ENV === "production") {
  fail(new Error("npm run dev lets everybody sign in. With NODE_ENV=production, use npm start."));
}

const { DEV_DATA, DEV_PORT = "8080", DEV_EMULATOR_PORT = "7311" } = process.env;
const folder = DEV_DATA ?? fileURLToPath(new URL("../.dev", import.meta.url));
/** The page's application in Entra ID, and the audience of its sign-ins. */
const clientId = "00ac5000-5b4a-4717-8000-000000000010";

await run(async () => {
  const database = await openPglite(`${folder}/postgres`);
  await new Store(database).migrate();
  const emulator = await onPort("DEV_EMULATOR_PORT", DEV_EMULATOR_PORT, () =>
    startEmulator({
      port: Number(DEV_EMULATOR_PORT),
      data: `${folder}/emulator.jsonl`,
      entra: { applications: [{ clientId, name: "Token service", hasRole: false }] },
    }),
  );
  // DefaultAzureCredential finds a managed identity, as it does in Azure.
  process.env.AZURE_TOKEN_CREDENTIALS = "ManagedIdentityCredential";
  process.env.IDENTITY_ENDPOINT = `${emulator.url}/msi/token`;
  process.env.IDENTITY_HEADER = "acs-identity-emulator";
  const authority = `${emulator.url}/${emulator.service.entra.tenantId}`;
  const settings: Settings = {
    acs: {
      endpoint: emulator.url,
      connectionString: undefined,
      shareOfLimits: 1,
      reconcileAfterInSeconds: 120,
    },
    signIn: {
      issuer: `${authority}/v2.0`,
      audience: clientId,
      jwksUrl: `${authority}/discovery/v2.0/keys`,
      tenants: [],
      subjectClaim: "oid",
    },
    policy: [{ claim: "scp", value: "access_as_user", scopes: ["voip"] }],
    teamsClientId: undefined,
    tokenLifetimeInMinutes: 60,
    database: { url: "", usesEntra: false, poolSize: 1 },
    allowedOrigins: [],
    callsPerMinuteAndCaller: 60,
    host: "127.0.0.1",
    port: Number(DEV_PORT),
    logLevel: "info",
    drainInSeconds: 0,
  };
  const service = await onPort("DEV_PORT", DEV_PORT, () =>
    startService(settings, {
      database,
      extend: (app) => addPage(app, emulator.service, clientId),
    }),
  );
  console.warn(`DEVELOPMENT: everybody may sign in, at ${service.url}, on the emulator at ${emulator.url}`);
  return {
    ...service,
    stop: async () => {
      await service.stop();
      await emulator.close();
    },
  };
});

/** Says in words that a port is taken, and which variable chooses another one. */
async function onPort<Result>(
  variable: string,
  port: string,
  listen: () => Promise<Result>,
): Promise<Result> {
  return listen().catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE") throw error;
    throw new SettingsError([`port ${port} is taken: stop what uses it, or set ${variable} to another one`]);
  });
}
