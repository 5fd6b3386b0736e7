import { type AzureLogger, createClientLogger } from "@azure/logger";
import { ignoreErrors } from "./shared/ignoreErrors.js";

/**
 * The logger of this library. It has the four channels of `@azure/logger` (`error`, `warning`, `info`, `verbose`),
 * named `azure:communication-identity:*`, and is silent until `AZURE_LOG_LEVEL` or `setLogLevel` enables it.
 */
export const logger: AzureLogger = createClientLogger("communication-identity");

// `AzureLogger.log` may be the app's own function.
for (const channel of Object.values(logger)) {
  const { log } = channel;
  channel.log = (...args: unknown[]) => ignoreErrors(() => log(...args));
}
