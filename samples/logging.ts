/**
 * Shows what the library logs, how to turn logging on, where the log goes, and that it has no secrets or user ids.
 *
 * AZURE_LOG_LEVEL=info in the environment turns it on without any code. Needs `@azure/logger`. Uses the local emulator.
 */
import { AzureLogger, setLogLevel } from "@azure/logger";
import { CommunicationIdentityClient, isRestError } from "acs-identity";
import { startEmulator } from "acs-identity/emulator";

const emulator = await startEmulator();
const client = new CommunicationIdentityClient(emulator.connectionString, {
  // Logs this header in addition to those known to be harmless. `logUserIds: true` would also show the ids in URLs.
  loggingOptions: { additionalAllowedHeaderNames: ["x-cache"] },
});

setLogLevel("info"); // error, warning (a retry, a failure), info (each request), verbose
AzureLogger.log = (...parts: unknown[]) => console.log(`LOG ${parts.join(" ")}`); // Default: stderr.

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
