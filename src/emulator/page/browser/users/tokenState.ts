import type { ListedToken } from "../../../admin/models.js";
import { nextMidnight } from "../emulator/useNow.js";
import { formatDuration, formatLeft, formatTime, leftChangesInMs, soonInMs } from "../format.js";

/** Whether clients can use a token, and why not or how long. @param delayInMs - How long a revoked token stays valid. */
export function stateOf(token: ListedToken, now: number, delayInMs: number): { state: string; text: string } {
  const expires = Date.parse(token.expiresOn);
  const left = expires - now;
  if (token.revokedAt) {
    const revoked = Date.parse(token.revokedAt);
    const delay = revoked + delayInMs - now;
    // Without a delay, a revocation holds even if the time is set back.
    if (delayInMs > 0 && delay > 0 && left > 0)
      return { state: "revoking", text: `revoked in ${formatDuration(delay)}` };
    return { state: "revoked", text: `revoked ${formatTime(revoked + delayInMs, now)}` };
  }
  if (left <= 0) return { state: "expired", text: `expired ${formatTime(expires, now)}` };
  return { state: left < soonInMs ? "soon" : "active", text: formatLeft(left) };
}

export function isActive(token: ListedToken, now: number, delayInMs: number): boolean {
  return ["active", "soon", "revoking"].includes(stateOf(token, now, delayInMs).state);
}

/** Returns when another state begins, or another day. */
export function nextState(token: ListedToken, now: number, delayInMs: number): number {
  const expires = Date.parse(token.expiresOn);
  const revoked = token.revokedAt ? [Date.parse(token.revokedAt) + delayInMs] : [];
  const moments = [expires - soonInMs + 1, expires, ...revoked].filter((moment) => moment > now);
  return Math.min(nextMidnight(now), ...moments);
}

/** Returns when the text of the state changes. */
export function nextText(token: ListedToken, now: number, delayInMs: number): number {
  const { state } = stateOf(token, now, delayInMs);
  if (state === "revoking") return now + 1;
  const change = nextState(token, now, delayInMs);
  if (state === "revoked" || state === "expired") return change;
  return Math.min(change, now + leftChangesInMs(Date.parse(token.expiresOn) - now));
}
