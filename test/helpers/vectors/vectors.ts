import hashesJson from "./hashes.json" with { type: "json" };
import signaturesJson from "./signatures.json" with { type: "json" };
import toleratedSignaturesJson from "./toleratedSignatures.json" with { type: "json" };

/** A body as stored in the JSON files: its text, null for none, or a repeated text. */
type StoredBody = string | null | { readonly repeat: string; readonly times: number };

/** A request and its signature. */
export interface SignatureVector {
  readonly name: string;
  /** Who computed it. */
  readonly source: string;
  /** The access key, in base64. */
  readonly key: string;
  readonly method: string;
  readonly url: string;
  /** The signed host. */
  readonly host: string;
  readonly date: string;
  readonly body: string | null;
  readonly contentHash: string;
  readonly stringToSign: string;
  readonly signature: string;
}

/** A signature that an official client sends although it differs from the documented rule. */
export interface ToleratedSignatureVector extends SignatureVector {
  readonly tolerance: string;
}

export interface ContentHashVector {
  readonly name: string;
  readonly source: string;
  readonly text: string;
  readonly contentHash: string;
}

export interface HmacVector {
  readonly name: string;
  readonly source: string;
  readonly key: string;
  readonly text: string;
  readonly hmac: string;
}

export interface HashVectors {
  readonly contentHashes: readonly ContentHashVector[];
  readonly hmacs: readonly HmacVector[];
}

function bodyText(body: StoredBody): string | null {
  return body === null || typeof body === "string" ? body : body.repeat.repeat(body.times);
}

/** Returns the signatures that follow the documented rule. */
export function readVectors(): readonly SignatureVector[] {
  return signaturesJson.map((vector) => ({ ...vector, body: bodyText(vector.body) }));
}

/** Returns the signatures that a server may accept although they don't follow the documented rule. */
export function readToleratedVectors(): readonly ToleratedSignatureVector[] {
  return toleratedSignaturesJson;
}

export function readHashes(): HashVectors {
  return hashesJson;
}
