import { base64Decode } from "../wire/bytes.js";

/** The contents of an `Authorization: HMAC-SHA256 …` header. */
export interface HmacHeader {
  /** In lower case, in the order in which their values were signed. */
  readonly signedHeaders: readonly string[];
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** Parses `HMAC-SHA256 SignedHeaders=a;b;c&Signature=base64`. Returns undefined if a part is missing. */
export function readHmacHeader(authorization: string): HmacHeader | undefined {
  const fields = new Map<string, string>();
  for (const field of authorization.slice("HMAC-SHA256".length).split("&")) {
    const equals = field.indexOf("=");
    if (equals > 0) fields.set(field.slice(0, equals).trim().toLowerCase(), field.slice(equals + 1));
  }
  const signature = base64Decode(fields.get("signature") ?? "!");
  const names = fields.get("signedheaders");
  if (!names || !signature) return undefined;
  return { signedHeaders: names.split(";").map((name) => name.trim().toLowerCase()), signature };
}
