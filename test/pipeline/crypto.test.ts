import { describe, expect, it } from "vitest";
import { decodeAccessKey } from "../../src/pipeline/accessKey.js";
import * as nodeCrypto from "../../src/pipeline/crypto.node.js";
import * as webCrypto from "../../src/pipeline/crypto.web.js";
import { authorizationValue, stringToSign } from "../../src/pipeline/signature.js";
import { readHashes, readVectors } from "../vectors/vectors.js";

/** Gives both modules the same asynchronous interface; the functions for Node are synchronous. */
const cryptos = [
  {
    file: "crypto.node",
    sha256: async (text: string | Uint8Array<ArrayBuffer>) => nodeCrypto.sha256(text),
    hmac: async (key: string, text: string) => nodeCrypto.hmacSha256(decodeAccessKey(key), text),
  },
  {
    file: "crypto.web",
    sha256: (text: string | Uint8Array<ArrayBuffer>) => webCrypto.sha256(text),
    hmac: async (key: string, text: string) => webCrypto.hmacSha256(decodeAccessKey(key), text),
  },
];

const vectors = readVectors();
const { contentHashes, hmacs } = readHashes();

describe.each(cryptos)("$file", ({ sha256, hmac }) => {
  it.each(vectors)("signs: $name", async (vector) => {
    const contentHash = await sha256(vector.body ?? "");
    expect(contentHash).toBe(vector.contentHash);
    const text = stringToSign({
      method: vector.method,
      url: new URL(vector.url),
      date: vector.date,
      contentHash,
    });
    expect(text).toBe(vector.stringToSign);
    expect(await hmac(vector.key, text)).toBe(vector.signature);
  });

  it.each(contentHashes)("hashes text: $name", async ({ text, contentHash }) => {
    expect(await sha256(text)).toBe(contentHash);
  });

  it.each(contentHashes)("hashes bytes: $name", async ({ text, contentHash }) => {
    expect(await sha256(new TextEncoder().encode(text))).toBe(contentHash);
  });

  it.each(hmacs)("makes an HMAC: $name", async ({ key, text, hmac: expected }) => {
    expect(await hmac(key, text)).toBe(expected);
  });
});

describe("vectors", () => {
  it("include at least ten from openssl besides the documented and the official ones", () => {
    const sources = vectors.map(({ source }) => source);
    expect(sources.filter((source) => source === "openssl").length).toBeGreaterThanOrEqual(10);
    expect(sources).toContain("tests of the official JavaScript client");
    expect(sources).toContain("the documented formula");
  });
});

describe("authorizationValue", () => {
  it("names the signed headers in the order of the string to sign", () => {
    expect(authorizationValue("c2ln")).toBe(
      "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=c2ln",
    );
  });
});
