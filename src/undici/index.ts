/**
 * An `HttpClient` for Node that sends with undici, for this client and any other of the Azure SDK.
 *
 * @module acs-identity/undici
 * @packageDocumentation
 */
export { createUndiciHttpClient, type UndiciHttpClientOptions } from "./undiciHttpClient.js";
