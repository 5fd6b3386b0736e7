import { createHash } from "node:crypto";

/** Whoever signed in, as their token names them. A subject is unique only within its issuer. */
export interface Caller {
  readonly issuer: string;
  readonly subject: string;
}

/** Returns what stands for a caller in logs and keys, where their id must not appear. */
export function pseudonymOf({ issuer, subject }: Caller): string {
  return createHash("sha256")
    .update(JSON.stringify([issuer, subject]))
    .digest("base64url")
    .slice(0, 22);
}
