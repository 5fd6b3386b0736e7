import type { ServiceState } from "../state/serviceState.js";
import type { RedeemedCodes } from "./authorizationCode.js";
import { Directory, type EntraOptions } from "./directory.js";

/** What the Entra ID authority holds beside the key that signs its tokens. */
export interface Entra {
  readonly directory: Directory;
  /** Not kept over a restart: codes live for ten minutes. */
  readonly redeemedCodes: RedeemedCodes;
}

/** @throws TypeError when an option can't be used. */
export function createEntra(options: EntraOptions, state: ServiceState): Entra {
  return { directory: new Directory(options, state), redeemedCodes: new Map() };
}
