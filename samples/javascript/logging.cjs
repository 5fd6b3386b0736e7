// Generated from samples/logging.ts by npm run samples: edit that file, or a copy of this one.
/**
 * Shows what the library logs, how to turn logging on, where the log goes, and that it has no secrets or user ids.
 *
 * AZURE_LOG_LEVEL=info in the environment turns it on without any code. Needs `@azure/logger`. Uses the local emulator.
 */
const { AzureLogger, setLogLevel } = require("@azure/logger");
const { CommunicationIdentityClient, isRestError } = require("acs-identity");
const { startEmulator } = require("acs-identity/emulator");

async function main() {
  const emulator = await startEmulator();
  const client = new CommunicationIdentityClient(emulator.connectionString, {
    // Logs this header in addition to those known to be harmless. `logUserIds: true` would also show the ids in URLs.
    loggingOptions: { additionalAllowedHeaderNames: ["x-cache"] },
  });

  setLogLevel("info"); // error, warning (a retry, a failure), info (each request), verbose
  AzureLogger.log = (...parts) => console.log(`LOG ${parts.join(" ")}`); // Default: stderr.

  const user = await client.createUser();
  await client.getToken(user, ["chat"]);

  setLogLevel("warning");
  emulator.service.failNext({ status: 503, retryAfterInSeconds: 0 });
  await client.revokeTokens(user);

  try {
    await client.getToken(user, []);
  } catch (error) {
    if (!isRestError(error)) throw error;
  }
  setLogLevel(undefined);
  await emulator.close();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
