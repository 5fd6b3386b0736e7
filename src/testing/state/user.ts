import type { Revocation } from "./tokenHistory.js";

export interface User {
  readonly number: number;
  readonly id: string;
  readonly createdAt: number;
  readonly customId?: string;
  /** The lowest number of the user's tokens, as in `UserCreated`. */
  readonly firstToken?: number;
  /** Milliseconds since 1970. Absent before the first token. */
  lastTokenIssuedAt?: number;
  /** Oldest first. The newest covers all revoked tokens; older ones, kept for a day, tell when each was revoked. */
  revocations?: Revocation[];
}
