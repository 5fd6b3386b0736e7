import type { AccessKey } from "./accessKey.js";

/** What a signature is verified with. */
export interface HmacSettings {
  readonly accessKey: AccessKey;
  /** The key in base64, as a client that forgets to decode it uses it. */
  readonly accessKeyText: string;
  /** The service's own URL, which a client may have signed for. */
  readonly endpoint: string;
  /** Accept no quirk of any client. */
  readonly strict: boolean;
  /** How far the date of a signature may be off, before or after. */
  readonly dateToleranceInMs: number;
}
