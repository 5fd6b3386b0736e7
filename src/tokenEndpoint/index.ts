/**
 * A server's endpoint from which an app gets its access tokens. It keeps one ACS user for each person who signs in, in a
 * store of yours, and fits every server. It needs no other package than the client that you hand it.
 *
 * @example
 * ```ts
 * import { CommunicationIdentityClient } from "acs-identity";
 * import { createTokenEndpoint } from "acs-identity/token-endpoint";
 *
 * const tokens = createTokenEndpoint({
 *   client: () => new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING ?? ""),
 *   userIds: new Map(),
 *   scopes: ["voip"],
 * });
 * const { status, headers, body } = await tokens.respond("alice");
 * ```
 * @module acs-identity/token-endpoint
 * @packageDocumentation
 */
export type { TokenScope } from "../models.js";
export type { AcsUserId, TokenEndpointClient } from "./client.js";
export type { TokenEndpointOptions } from "./options.js";
export type { Awaitable } from "./timeLimit.js";
export {
  createTokenEndpoint,
  type SignedInPerson,
  type TokenEndpoint,
  type TokenEndpointCallOptions,
} from "./tokenEndpoint.js";
export type { TokenEndpointError, TokenEndpointStep } from "./tokenEndpointError.js";
export type { IssuedToken, TokenResponse } from "./tokenResponse.js";
export type { UserIdStore } from "./userIdStore.js";
