const longestKey = 4096;

/**
 * Decodes an access key. Strict, because a lenient decoder turns a placeholder or a damaged paste into another
 * key, and the service then answers 401 without a reason.
 *
 * @param key - Base64, with or without its padding, at most 4096 characters.
 * @throws TypeError when it is anything else. The message never holds the key.
 */
export function decodeAccessKey(key: string): Uint8Array<ArrayBuffer> {
  try {
    // `atob` skips white space, and a key that is pasted from two lines may lack the part between them.
    if (key && key.length <= longestKey && !/\S\s+\S/.test(key))
      return Uint8Array.from(atob(key), (character) => character.charCodeAt(0));
  } catch {
    // Not base64; the error of atob says no more than that.
  }
  throw new TypeError("The access key is not base64. Copy it again from the Azure portal.");
}
