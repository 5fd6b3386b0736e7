import { type AzureLogger, createClientLogger } from "@azure/logger";

/**
 * The logger of this library. It has the four channels of `@azure/logger` (`error`, `warning`, `info`, `verbose`),
 * named `azure:communication-identity:*`, and is silent until `AZURE_LOG_LEVEL` or `setLogLevel` enables it.
 */
export const logger: AzureLogger = createClientLogger("communication-identity");
