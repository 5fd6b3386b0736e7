import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { BodyError, tooLarge } from "../shared/readBytes.js";

const decoders = { gzip: gunzipSync, "x-gzip": gunzipSync, deflate: inflateSync, br: brotliDecompressSync };

/** Decompresses a body, which core's node:http client leaves to us. We don't ask for compression, but a proxy may apply it. */
export function decompress(bytes: Uint8Array, contentEncoding: string, limitInBytes: number): Uint8Array {
  const encoding = contentEncoding.trim().toLowerCase();
  if (encoding === "" || encoding === "identity" || bytes.length === 0) return bytes;
  const decoder = Object.hasOwn(decoders, encoding) ? decoders[encoding as keyof typeof decoders] : undefined;
  if (!decoder)
    throw new BodyError("UNKNOWN_CONTENT_ENCODING", `its content encoding is '${contentEncoding}'`);
  try {
    return decoder(bytes, { maxOutputLength: limitInBytes });
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw isTooLarge
      ? tooLarge(limitInBytes)
      : new BodyError("INVALID_CONTENT_ENCODING", `it isn't valid ${encoding}`);
  }
}
