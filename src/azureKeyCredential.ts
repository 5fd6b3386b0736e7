import type { KeyCredential } from "@azure/core-auth";

/**
 * An access key of an ACS resource.
 *
 * Takes the place of the class of the same name in `@azure/core-auth`, whose key is a readable field that
 * `util.inspect`, `JSON.stringify` and `structuredClone` all print. Here it is private.
 */
export class AzureKeyCredential implements KeyCredential {
  #key: string;

  /**
   * @param key - The access key, base64, as the Azure portal shows it.
   * @throws TypeError when the key is not a non-empty string.
   */
  constructor(key: string) {
    this.#key = nonEmpty(key);
  }

  /** The access key, base64. */
  get key(): string {
    return this.#key;
  }

  /**
   * Changes the key, as after a key rotation. Requests that are signed from now on use it, retries too.
   *
   * @param newKey - The new access key, base64.
   * @throws TypeError when the key is not a non-empty string; the old key stays.
   */
  update(newKey: string): void {
    this.#key = nonEmpty(newKey);
  }
}

function nonEmpty(key: unknown): string {
  if (typeof key !== "string" || key === "") {
    throw new TypeError("The access key must be a non-empty string.");
  }
  return key;
}
