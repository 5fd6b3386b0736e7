import type { AcsUserId } from "./client.js";
import { causeOf, type TokenEndpointError } from "./tokenEndpointError.js";

/** A response that every server can send: `new Response(body, { status, headers })`, or what your framework has for it. */
export interface TokenResponse {
  /** 200 with a token, 401 for nobody, 403 for a person without scopes, 500 if only you can fix it, 503 if it passes. */
  readonly status: 200 | 401 | 403 | 500 | 503;
  /** `Content-Type`, `Cache-Control`, and `Retry-After` with 503. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON: `IssuedToken` with 200, otherwise a problem (RFC 9457) with `status` and `detail`. */
  readonly body: string;
}

/** A token, and whose it is. */
export interface IssuedToken {
  /** The access token, for the Calling and Chat SDKs. */
  readonly token: string;
  /** When it expires. In the body of a response it is an ISO 8601 string. */
  readonly expiresOn: Date;
  /** How long it is still valid. */
  readonly expiresInSeconds: number;
  /** The person's ACS user. */
  readonly user: AcsUserId;
}

export function tokenResponse(token: IssuedToken): TokenResponse {
  return respond(200, "application/json", token);
}

export function signInFirst(): TokenResponse {
  return problem(401, "Sign in first.", { "WWW-Authenticate": "Bearer" });
}

export function tryAgainLater(retryAfterInMs = 5_000): TokenResponse {
  const seconds = Math.min(Math.max(Math.ceil(retryAfterInMs / 1000), 1), 300);
  return problem(503, "Try again later.", { "Retry-After": `${seconds}` });
}

/** Returns the response for a failure, of which the caller learns only what he can do. */
export function responseTo(error: TokenEndpointError): TokenResponse {
  if (error.kind === "noScopes") return problem(403, "You may not get a token.");
  if (error.kind === "unavailable") return tryAgainLater(causeOf(error).retryAfterInMs);
  return problem(500, "The server can't issue tokens.");
}

function problem(
  status: TokenResponse["status"],
  detail: string,
  headers?: Record<string, string>,
): TokenResponse {
  return respond(status, "application/problem+json", { status, detail }, headers);
}

function respond(
  status: TokenResponse["status"],
  type: string,
  body: object,
  headers?: Record<string, string>,
): TokenResponse {
  return {
    status,
    headers: { "Content-Type": type, "Cache-Control": "no-store", ...headers },
    body: JSON.stringify(body),
  };
}
