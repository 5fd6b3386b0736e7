/**
 * Shows what the library logs, how to turn it on, where it goes, and that no secret and no id of a user is in it.
 *
 * Without a line of code: AZURE_LOG_LEVEL=info in the environment. Needs `@azure/logger`. On the local emulator.
 */
import { AzureLogger, setLogLevel } from "@azure/logger";
import { CommunicationIdentityClient, isRestError } from "acs-identity";
import { startEmulator } from "acs-identity/emulator";

const emulator = await startEmulator();
const client = new CommunicationIdentityClient(emulator.connectionString, {
  // More response headers than those that are known to be harmless. `logUserIds: true` shows the ids in URLs, too.
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
