import type { AccessKey } from "./accessKey.js";

/** The settings that signatures are verified with. */
export interface HmacSettings {
  readonly accessKey: AccessKey;
  /** The key in base64, to recognize a client that forgot to decode it. */
  readonly accessKeyText: string;
  /** The service's own URL, which a client may have signed for. */
  readonly endpoint: string;
  /** Reject the official clients' quirks. */
  readonly strict: boolean;
  /** How far a signature's date may be off, in either direction. */
  readonly dateToleranceInMs: number;
}
