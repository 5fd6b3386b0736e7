import { readRetryAfterInMs } from "../shared/retryAfter.js";

/** What `fetchToken` resolves to, unless that is a `Response`. */
export interface FetchedToken {
  /** The access token, which is never decoded. */
  readonly token: string;
  /** When the token expires, as a `Date` or an ISO 8601 string. By itself it needs a device whose clock is right. */
  readonly expiresOn?: Date | string | undefined;
  /** For how long the token is valid. Takes precedence over `expiresOn`, because no clock can falsify it. */
  readonly expiresInSeconds?: number | undefined;
  /** Whose token it is. Handed on as it is. */
  readonly user?: TokenUser | undefined;
}

/** The user of a token, as `acs-identity/token-endpoint` sends it. */
export interface TokenUser {
  /** The id of the ACS user. */
  readonly communicationUserId: string;
}

/**
 * Reads the response of a token endpoint. Its errors hold nothing of the body, which may have a token.
 *
 * @param startedOn - When the request started, by the device's clock.
 * @param isOld - Whether the response may be older than that. Then its token expires by the device's clock at the latest.
 * @returns the token with its user, and its lifetime from that moment in milliseconds.
 */
export async function readToken(
  answer: Response | FetchedToken,
  startedOn: number,
  isOld: boolean,
): Promise<[fetched: Pick<FetchedToken, "token" | "user">, lifetime: number]> {
  // `Object` keeps a TypeError from quoting a response of another type.
  let body: Partial<Record<keyof FetchedToken, unknown>> = Object(answer);
  let serverTime = startedOn;
  let source = "The token endpoint";
  let noToken = "no token";
  if ("headers" in body && "json" in body) {
    const response = answer as Response;
    const { headers, status } = response;
    // The query may hold a secret.
    source = response.url?.split(/[?#]/)[0] || source;
    // The header has whole seconds, rounded down.
    serverTime = Date.parse(headers.get("Date") ?? "") + 1000 || startedOn;
    if (!response.ok) {
      throw Object.assign(new Error(`${source} returned ${status}`), {
        status,
        retryAfterInMs: readRetryAfterInMs(headers),
      });
    }
    // A syntax error would quote the body.
    body = Object(
      await response.json().catch(() => {
        noToken = headers.get("Content-Type")?.includes("html") ? "HTML instead of JSON" : "no valid JSON";
      }),
    );
  }
  const { token, expiresOn, expiresInSeconds, user } = body;
  const expires = Number(new Date((expiresOn ?? "") as string));
  let lifetime = Number.isFinite(expiresInSeconds)
    ? (expiresInSeconds as number) * 1000
    : expires - serverTime;
  if (isOld && expires - startedOn < lifetime) lifetime = expires - startedOn;
  const problem =
    !token || typeof token !== "string"
      ? noToken
      : Number.isNaN(lifetime)
        ? "no valid expiresOn"
        : // It may have expired because the device slept in between, and is of no use if it expires in 10 seconds.
          startedOn + lifetime <= Date.now() + 10_000 && "a token with at most 10 seconds left";
  if (problem) throw new Error(`${source} returned ${problem}`);
  // The service issues no token for longer than a day.
  return [{ token, user } as FetchedToken, Math.min(lifetime, 86_400_000)];
}
