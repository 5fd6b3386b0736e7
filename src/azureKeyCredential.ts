import type { KeyCredential } from "@azure/core-auth";
import { decodeAccessKey } from "./arguments/accessKey.js";
import { requireSetting } from "./arguments/requireText.js";

/** The keys are outside the objects, so that nothing prints one, and not in `#private`, which older compilers can't read. */
const keys = new WeakMap<object, string>();

/** The member that leads from a proxy, such as Vue's `reactive`, or an object that inherits from a credential, to the credential. */
const self = Symbol("self");

function original(credential: AzureKeyCredential & { readonly [self]?: () => object }): object {
  return credential[self]?.() ?? credential;
}

/**
 * An access key of an ACS resource.
 *
 * Replaces the class of the same name in `@azure/core-auth`, whose key is a readable field that `util.inspect`,
 * `JSON.stringify` and `structuredClone` all expose. Here it is private, so to a test runner two credentials are equal
 * whatever their keys: compare `credential.key`.
 *
 * @example
 * ```ts
 * const credential = new AzureKeyCredential(key);
 * credential.update(newKey);
 * ```
 */
export class AzureKeyCredential implements KeyCredential {
  static {
    // Node's inspection calls getters if it's asked to.
    Object.defineProperty(AzureKeyCredential.prototype, Symbol.for("nodejs.util.inspect.custom"), {
      value: () => "AzureKeyCredential {}",
    });
  }

  /**
   * @param key - The access key in base64, as the Azure portal shows it.
   * @throws TypeError if the key isn't base64.
   */
  constructor(key: string) {
    Object.defineProperty(this, self, { value: () => this });
    this.update(key);
  }

  /** The access key in base64. */
  get key(): string {
    return keys.get(original(this)) ?? "";
  }

  /**
   * Changes the key, for example after a key rotation. Requests that are signed from then on use it, including retries.
   *
   * @param newKey - The new access key in base64.
   * @throws TypeError if the key isn't base64. The old key is kept.
   * @example
   * ```ts
   * credential.update(newKey);
   * ```
   */
  update(newKey: string): void {
    decodeAccessKey(requireSetting(newKey, "The access key"));
    keys.set(original(this), newKey);
  }
}
