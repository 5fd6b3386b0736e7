/**
 * Keeps an app's access token fresh, between its token endpoint and the Calling or Chat SDK. It needs no key, no other
 * package and no particular runtime.
 *
 * @example
 * ```ts
 * import { AzureCommunicationTokenCredential } from "@azure/communication-common";
 * import { createTokenRefresher } from "acs-identity/refresher";
 *
 * const { tokenRefresher } = createTokenRefresher({
 *   fetchToken: (signal) => fetch("/token", { method: "POST", signal }),
 * });
 * const credential = new AzureCommunicationTokenCredential({ tokenRefresher, refreshProactively: true });
 * ```
 * @module acs-identity/refresher
 * @packageDocumentation
 */
export type { TokenRefreshError } from "./failure.js";
export type { FetchedToken, TokenUser } from "./readToken.js";
export type { RefreshedToken } from "./tokenRefresher.js";
export { createTokenRefresher, type TokenRefresher, type TokenRefresherOptions } from "./tokenRefresher.js";
