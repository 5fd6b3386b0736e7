import { describe, expect, it } from "vitest";
import { decodeAccessKey } from "../../../src/arguments/accessKey.js";
import * as nodeCrypto from "../../../src/pipeline/crypto.js";
import * as webCrypto from "../../../src/pipeline/crypto.web.js";
import { readHashes, readVectors } from "../../helpers/vectors/vectors.js";

const vectors = readVectors();
const { contentHashes, hmacs } = readHashes();
const anyKey = new Uint8Array([1]);

// The variant for Node is synchronous.
describe.each([
  {
    file: "crypto.node",
    hashAndSign: async (content: string | Uint8Array, key: Uint8Array, textOf: (hash: string) => string) =>
      nodeCrypto.hashAndSign(content, nodeCrypto.importKey(key), textOf),
  },
  {
    file: "crypto.web",
    hashAndSign: async (
      content: string | Uint8Array<ArrayBuffer>,
      key: Uint8Array<ArrayBuffer>,
      textOf: (hash: string) => string,
    ) => webCrypto.hashAndSign(content, await webCrypto.importKey(key), textOf),
  },
])("$file", ({ hashAndSign }) => {
  it.each(vectors)("signs: $name", async (vector) => {
    const hashes: string[] = [];
    const signed = await hashAndSign(vector.body ?? "", decodeAccessKey(vector.key), (contentHash) => {
      hashes.push(contentHash);
      return vector.stringToSign;
    });
    expect(signed).toEqual({ contentHash: vector.contentHash, signature: vector.signature });
    expect(hashes).toEqual([vector.contentHash]);
  });

  it.each(contentHashes)("hashes text and bytes: $name", async ({ text, contentHash }) => {
    for (const content of [text, new TextEncoder().encode(text)]) {
      expect(await hashAndSign(content, anyKey, String)).toMatchObject({ contentHash });
    }
  });

  it.each(hmacs)("makes an HMAC: $name", async ({ key, text, hmac }) => {
    expect(await hashAndSign("", decodeAccessKey(key), () => text)).toMatchObject({ signature: hmac });
  });
});

it("a key that WebCrypto has imported can't be exported", async () => {
  expect((await webCrypto.importKey(anyKey)).extractable).toBe(false);
});
