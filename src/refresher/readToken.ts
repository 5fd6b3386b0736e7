/** What `fetchToken` resolves to, unless that is a `Response`. */
export interface FetchedToken {
  /** The access token, which is never decoded. */
  readonly token: string;
  /** When the token expires, as a `Date` or an ISO 8601 string. By itself it needs a device whose clock is right. */
  readonly expiresOn?: Date | string;
  /** For how long the token is valid. Takes precedence over `expiresOn`, because no clock can falsify it. */
  readonly expiresInSeconds?: number;
}

/** Milliseconds. The service issues no token for longer. */
const longestLifetime = 24 * 60 * 60_000;
/** Milliseconds. A token that expires sooner is of no use. */
const shortestLifetime = 10_000;

/**
 * Reads the response of a token endpoint. Its errors hold nothing of the body, which may have a token.
 *
 * @param startedOn - When the request started, by the device's clock.
 * @returns the token, and its lifetime from that moment in milliseconds.
 */
export async function readToken(
  answer: Response | FetchedToken,
  startedOn: number,
): Promise<[token: string, lifetime: number]> {
  // `Object` keeps a TypeError from quoting a response of another type.
  let body: Partial<Record<keyof FetchedToken, unknown>> = Object(answer);
  let serverTime = startedOn;
  if ("headers" in body) {
    const { ok, status, headers } = answer as Response;
    serverTime = Date.parse(headers.get("Date") ?? "") || startedOn;
    if (!ok) {
      const asked = headers.get("Retry-After") ?? "";
      const retryAfterInMs = Number(asked) * 1000 || Date.parse(asked) - serverTime || 0;
      throw Object.assign(new Error(`The token endpoint returned ${status}`), { status, retryAfterInMs });
    }
    body = Object(await (answer as Response).json().catch(() => 0));
  }
  const { token, expiresOn, expiresInSeconds } = body;
  const lifetime = Number.isFinite(expiresInSeconds)
    ? Number(expiresInSeconds) * 1000
    : Number(new Date(expiresOn as string)) - serverTime;
  // The lifetime is NaN if it can't be read, and over if the device slept in between.
  if (!token || typeof token !== "string" || !(startedOn + lifetime > Date.now() + shortestLifetime)) {
    throw new Error("The token endpoint returned no valid token");
  }
  return [token, Math.min(lifetime, longestLifetime)];
}
