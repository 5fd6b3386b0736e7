/**
 * Keeps an app's access token fresh, between its token endpoint and the Calling or Chat SDK. It needs no key, no other
 * package and no particular runtime.
 *
 * @module acs-identity/refresher
 * @packageDocumentation
 */
export type { TokenRefreshError } from "./failure.js";
export type { FetchedToken, TokenUser } from "./readToken.js";
export type { RefreshedToken } from "./tokenRefresher.js";
export { createTokenRefresher, type TokenRefresher, type TokenRefresherOptions } from "./tokenRefresher.js";
