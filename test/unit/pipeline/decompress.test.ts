import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decompress } from "../../../src/pipeline/decompress.js";

const text = new TextEncoder().encode("a".repeat(1000));
const empty = new Uint8Array();

describe("a body", () => {
  it.each([
    ["gzip", gzipSync(text)],
    ["x-gzip", gzipSync(text)],
    [" GZIP ", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["br", brotliCompressSync(text)],
    ["identity", text],
    ["", text],
  ])("with the encoding %j is decompressed up to the limit", (encoding, bytes) => {
    expect(new Uint8Array(decompress(new Uint8Array(bytes), encoding, 1000))).toEqual(text);
  });

  it.each(["gzip", "zork"])("without bytes has nothing to decompress: %s", (encoding) => {
    expect(decompress(empty, encoding, 1000)).toEqual(empty);
  });

  it.each<[string, Uint8Array, string, string]>([
    ["gzip", gzipSync(text), "RESPONSE_TOO_LARGE", "it has more than 999 bytes"],
    ["deflate", deflateSync(text), "RESPONSE_TOO_LARGE", "it has more than 999 bytes"],
    ["br", brotliCompressSync(text), "RESPONSE_TOO_LARGE", "it has more than 999 bytes"],
    ["gzip", text, "INVALID_CONTENT_ENCODING", "it isn't valid gzip"],
    ["zork", text, "UNKNOWN_CONTENT_ENCODING", "its content encoding is 'zork'"],
  ])("with the encoding %s that can't be decompressed is refused", (encoding, bytes, code, message) => {
    const refused = expect(() => decompress(new Uint8Array(bytes), encoding, 999));
    refused.toThrow(expect.objectContaining({ code, message }));
  });
});
