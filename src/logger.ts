import { type AzureLogger, createClientLogger } from "@azure/logger";

/**
 * The log of this library, in the four channels of `@azure/logger` (`error`, `warning`, `info`, `verbose`),
 * named `azure:communication-identity:*`. Silent until `AZURE_LOG_LEVEL` or `setLogLevel` says otherwise.
 */
export const logger: AzureLogger = createClientLogger("communication-identity");
