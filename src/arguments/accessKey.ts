import { argumentError } from "./argumentError.js";

const maxLength = 4096;

/**
 * Decodes an access key: base64, with or without its padding, at most 4096 characters. It's strict, because a lenient decoder
 * turns a placeholder or a damaged paste into another key, and the service then returns 401 without a reason.
 * @throws TypeError for anything else. The message never contains the key.
 */
export function decodeAccessKey(key: string): Uint8Array<ArrayBuffer> {
  try {
    // `atob` skips white space, and a key that was copied from two lines may lack a part.
    if (key && key.length <= maxLength && /^\s*\S+\s*$/.test(key))
      return Uint8Array.from(atob(key), (character) => character.charCodeAt(0));
  } catch {
    // The error of `atob` says only that this isn't base64.
  }
  throw argumentError(
    "The access key is not base64. Copy the connection string again.",
    "INVALID_ACCESS_KEY",
  );
}
