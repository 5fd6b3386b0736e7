import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { isSanitized, readRecordings } from "../recorded/recorded.js";
import { readHashes, readToleratedVectors, readVectors, type SignatureVector } from "./vectors.js";

function contentHash(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("base64");
}

function hmac(key: string, text: string): string {
  return createHmac("sha256", Buffer.from(key, "base64")).update(text, "utf8").digest("base64");
}

function stringToSign({ method, url, date, host }: SignatureVector, hash: string): string {
  const { pathname, search } = new URL(url);
  return `${method}\n${pathname}${search}\n${date};${host};${hash}`;
}

const vectors = readVectors();
const tolerated = readToleratedVectors();
const recordings = readRecordings();

describe("signature vectors", () => {
  it.each(vectors)("follow the documented rule: $name", (vector) => {
    const hash = contentHash(vector.body ?? "");
    expect(vector.contentHash).toBe(hash);
    expect(vector.host).toBe(new URL(vector.url).host);
    expect(vector.stringToSign).toBe(stringToSign(vector, hash));
    expect(vector.signature).toBe(hmac(vector.key, vector.stringToSign));
  });

  it.each(tolerated)("differ from the documented rule where tolerated: $tolerance", (vector) => {
    const hash = contentHash(vector.body ?? "");
    expect(vector.contentHash).toBe(hash);
    expect(vector.signature).toBe(hmac(vector.key, vector.stringToSign));
    const documented = { ...vector, host: new URL(vector.url).host };
    expect(vector.stringToSign, "differs from the documented rule").not.toBe(stringToSign(documented, hash));
  });

  it("have unique names", () => {
    const names = [...vectors, ...tolerated].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("hash vectors", () => {
  const { contentHashes, hmacs } = readHashes();

  it.each(contentHashes)("have the right content hash: $name", (vector) => {
    expect(vector.contentHash).toBe(contentHash(vector.text));
  });

  it.each(hmacs)("have the right HMAC: $name", (vector) => {
    expect(vector.hmac).toBe(hmac(vector.key, vector.text));
  });
});

describe("recordings", () => {
  const hashed = recordings.filter(
    ({ request: { body, headers } }) =>
      body !== undefined && !isSanitized(body) && headers["x-ms-content-sha256"] !== undefined,
  );

  it.each(hashed)("have the hash of the body: $name", ({ request }) => {
    const text = request.body === null ? "" : JSON.stringify(request.body);
    expect(request.headers["x-ms-content-sha256"]).toBe(contentHash(text));
    expect(request.headers["content-length"]).toBe(String(Buffer.byteLength(text)));
  });

  it.each(recordings)("have the version in the path: $name", ({ apiVersion, request }) => {
    expect(new URL(request.path, "https://localhost").searchParams.get("api-version")).toBe(apiVersion);
    expect(request.headers.authorization ?? "hmac").toMatch(/^(hmac|bearer)$/);
  });
});
