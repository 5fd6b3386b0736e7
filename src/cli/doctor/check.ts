import { isLoopback } from "../../shared/loopback.js";
import type { Environment } from "../command.js";
import type { Connection } from "../connection.js";

/** What the checks examine. Each check may assume that the ones before it have passed. */
export interface Findings {
  readonly connection: Connection;
  readonly environment: Environment;
  readonly endpoint: URL;
  /** The id of a user that the app has stored. */
  readonly userId: string | undefined;
  /** The proxy that the client uses for this endpoint. */
  readonly proxy: ProxySetting | undefined;
}

export interface ProxySetting {
  readonly url: URL;
  readonly variable: string;
}

/** Why calls fail, and what to do about it. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly remedy: string;
  /** What only a program or an expert reads. */
  readonly details: string | undefined;

  constructor(cause: string, remedy: string, details?: string) {
    super(cause);
    this.remedy = remedy;
    this.details = details;
  }
}

/**
 * Checks for one possible cause. Resolves with what is right, with a problem if calls succeed all the same, or with undefined
 * if there is nothing to check. Rejects with a `Problem` if calls fail.
 */
export type Check = (findings: Findings) => Promise<string | Problem | undefined>;

export function hasLoopbackHost({ hostname }: URL): boolean {
  return isLoopback(hostname);
}

/** Returns the host name without the brackets of an IPv6 address. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

export function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === "https:" ? 443 : 80);
}
