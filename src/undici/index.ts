/**
 * An `HttpClient` for Node that sends with undici, for this client and any other of the Azure SDK.
 *
 * @example
 * ```ts
 * import { CommunicationIdentityClient } from "acs-identity";
 * import { createUndiciHttpClient } from "acs-identity/undici";
 *
 * const client = new CommunicationIdentityClient(connectionString, { httpClient: createUndiciHttpClient() });
 * ```
 * @module acs-identity/undici
 * @packageDocumentation
 */
export { createUndiciHttpClient, type UndiciHttpClientOptions } from "./undiciHttpClient.js";
