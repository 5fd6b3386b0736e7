import type { ServiceState } from "../state/serviceState.js";
import { Directory, type EntraOptions } from "./directory.js";

/** The ids of redeemed codes, with their expiry in seconds since 1970. */
export type RedeemedCodes = Map<string, number>;

/** What the Entra ID authority holds besides the key that signs its tokens. */
export interface Entra {
  readonly directory: Directory;
  /** Not kept across restarts, because codes only live for ten minutes. */
  readonly redeemedCodes: RedeemedCodes;
}

/** @throws TypeError when an option isn't valid. */
export function createEntra(options: EntraOptions, state: ServiceState): Entra {
  return { directory: new Directory(options, state), redeemedCodes: new Map() };
}
