// Run with `tsx test/vectors/makeVectors.ts`. Uses the openssl command line instead of Node's crypto,
// so that the vectors are independent of every runtime that is tested with them.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import {
  contentHashInputs,
  hmacInputs,
  testDate,
  testKey,
  toleratedVectorInputs,
  type VectorInput,
  vectorInputs,
} from "./vectorInputs.js";
import {
  bodyText,
  type HashVectors,
  type SignatureVector,
  type StoredBody,
  type ToleratedSignatureVector,
} from "./vectors.js";

const made = "openssl";

type Stored<T extends SignatureVector> = Omit<T, "body"> & { readonly body: StoredBody };

function openssl(args: readonly string[], input: string): string {
  const digest = execFileSync("openssl", ["dgst", ...args, "-sha256", "-binary"], {
    input: Buffer.from(input),
  });
  return execFileSync("openssl", ["base64", "-A"], { input: digest }).toString();
}

function contentHash(text: string): string {
  return openssl([], text);
}

function hmac(key: string, text: string): string {
  const hexKey = Buffer.from(key, "base64").toString("hex");
  return openssl(["-mac", "HMAC", "-macopt", `hexkey:${hexKey}`], text);
}

function makeVector(input: VectorInput, signedHost?: string, signedTarget?: string): Stored<SignatureVector> {
  const { name, key = testKey, method, url, date = testDate, body = null } = input;
  const parsed = new URL(url);
  const host = signedHost ?? parsed.host;
  const target = signedTarget ?? parsed.pathname + parsed.search;
  const hash = contentHash(bodyText(body) ?? "");
  const stringToSign = `${method}\n${target}\n${date};${host};${hash}`;
  const signature = hmac(key, stringToSign);
  return {
    name,
    source: made,
    key,
    method,
    url,
    host,
    date,
    body,
    contentHash: hash,
    stringToSign,
    signature,
  };
}

function check(name: string, expected: string, actual: string): void {
  if (expected !== actual) throw new Error(`${name}: the file says ${expected}, openssl says ${actual}.`);
}

function checkVector(vector: Stored<SignatureVector>): void {
  check(vector.name, vector.contentHash, contentHash(bodyText(vector.body) ?? ""));
  check(vector.name, vector.signature, hmac(vector.key, vector.stringToSign));
}

function fileOf(name: string): URL {
  return new URL(name, import.meta.url);
}

/** Returns the entries that others computed. They're kept, and checked with openssl. */
function foreign<T extends { readonly source: string }>(entries: readonly T[]): T[] {
  return entries.filter((entry) => entry.source !== made);
}

function readJson(name: string): string {
  return readFileSync(fileOf(name), "utf8");
}

function writeJson(name: string, value: object): void {
  writeFileSync(fileOf(name), `${JSON.stringify(value, undefined, 2)}\n`);
}

const signatures: Stored<SignatureVector>[] = foreign(JSON.parse(readJson("signatures.json")));
signatures.forEach(checkVector);
writeJson("signatures.json", [...signatures, ...vectorInputs.map((input) => makeVector(input))]);

const tolerated: Stored<ToleratedSignatureVector>[] = foreign(
  JSON.parse(readJson("toleratedSignatures.json")),
);
tolerated.forEach(checkVector);
writeJson("toleratedSignatures.json", [
  ...tolerated,
  ...toleratedVectorInputs.map((input) => {
    const { name, ...rest } = makeVector(input, input.signedHost, input.signedTarget);
    return { name, tolerance: input.tolerance, ...rest };
  }),
]);

const hashes: HashVectors = JSON.parse(readJson("hashes.json"));
const contentHashes = foreign(hashes.contentHashes);
for (const { name, text, contentHash: expected } of contentHashes) check(name, expected, contentHash(text));
const hmacs = foreign(hashes.hmacs);
for (const { name, key, text, hmac: expected } of hmacs) check(name, expected, hmac(key, text));
writeJson("hashes.json", {
  contentHashes: [
    ...contentHashes,
    ...contentHashInputs.map(({ name, text }) => ({
      name,
      source: made,
      text,
      contentHash: contentHash(text),
    })),
  ],
  hmacs: [
    ...hmacs,
    ...hmacInputs.map(({ name, key, text }) => ({ name, source: made, key, text, hmac: hmac(key, text) })),
  ],
});
