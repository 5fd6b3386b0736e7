import type { ArgumentErrorCode } from "../errors.js";

/** Creates the error for arguments or settings that can't be used. */
export function argumentError(message: string, code: ArgumentErrorCode = "INVALID_ARGUMENT"): TypeError {
  return Object.assign(new TypeError(message), { code });
}
