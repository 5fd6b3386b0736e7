import { isLoopback as isLoopbackName } from "../../pipeline/loopback.js";
import type { Connection } from "../connection.js";

/** What was found out so far. Each check may rely on what the ones before it have found. */
export interface Findings {
  readonly connection: Connection;
  readonly endpoint: URL;
  /** A user that the app has stored. */
  readonly userId: string | undefined;
  /** The proxy that the client uses for this endpoint. */
  readonly proxy: URL | undefined;
}

/** The cause why calls fail, and what to do. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly remedy: string;

  constructor(cause: string, remedy: string) {
    super(cause);
    this.remedy = remedy;
  }
}

/** One thing that may be wrong. */
export interface Check {
  readonly name: string;
  /** Resolves with what is right, or with undefined where there is nothing to check. @throws Problem */
  readonly run: (findings: Findings) => Promise<string | undefined>;
}

export function isLoopback({ hostname }: URL): boolean {
  return isLoopbackName(hostname);
}

/** Without the brackets of an IPv6 address. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

export function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === "https:" ? 443 : 80);
}
