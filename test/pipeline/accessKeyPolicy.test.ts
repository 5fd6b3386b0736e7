import { createHash, createHmac } from "node:crypto";
import {
  createEmptyPipeline,
  createPipelineRequest,
  type PipelineRequestOptions,
} from "@azure/core-rest-pipeline";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AzureKeyCredential, createCommunicationAccessKeyCredentialPolicy } from "../../src/index.js";
import { expectNoSecret, rejectionOf } from "../helpers/secrets.js";
import { type SentRequest, stubTransport } from "../helpers/stubTransport.js";
import { otherKey, testKey } from "../helpers/values.js";
import { readVectors } from "../vectors/vectors.js";

async function sign(credential: { key: string }, options: PipelineRequestOptions): Promise<SentRequest> {
  const transport = stubTransport({ status: 200 });
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(createCommunicationAccessKeyCredentialPolicy(credential), { phase: "Sign" });
  await pipeline.sendRequest(transport, createPipelineRequest(options));
  const [sent] = transport.sent;
  return sent ?? expect.fail("nothing was sent");
}

/** Computes the signature of what was sent without using the client's code. */
function expectedSignature(
  sent: SentRequest,
  key: string,
  rawTarget: string,
  body: string | Uint8Array,
): string {
  const hash = createHash("sha256").update(body).digest("base64");
  expect(sent.headers["x-ms-content-sha256"]).toBe(hash);
  const text = `${sent.method}\n${rawTarget}\n${sent.headers["x-ms-date"]};${new URL(sent.url).host};${hash}`;
  return createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64");
}

function signatureOf(sent: SentRequest): string | undefined {
  return /^HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=(\S+)$/.exec(
    sent.headers.authorization ?? "",
  )?.[1];
}

const origin = "https://example.com";

describe("createCommunicationAccessKeyCredentialPolicy", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2022-04-13T18:09:12.451Z") });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each(readVectors().map((vector) => [vector.name, vector] as const))("signs: %s", async (_, vector) => {
    vi.setSystemTime(new Date(vector.date));
    const sent = await sign(vector, {
      url: vector.url,
      method: vector.method as "GET",
      allowInsecureConnection: true,
      ...(vector.body !== null && { body: vector.body }),
    });
    expect(sent.headers["x-ms-date"]).toBe(vector.date);
    expect(sent.headers["x-ms-content-sha256"]).toBe(vector.contentHash);
    expect(signatureOf(sent)).toBe(vector.signature);
  });

  it.each([
    "/a?v=%20~:()*$;,'!@",
    "/a%2Fb%3Ac?x",
    "/a?&b=1&&c",
    "/a?b=c+d&e=%7E",
    "/%C3%BC?q=%C3%BC",
    "/",
    "/a?",
  ])("signs the target %s exactly as it is sent", async (target) => {
    const sent = await sign({ key: testKey }, { url: `${origin}${target}` });
    const { pathname, search } = new URL(sent.url);
    expect(sent.url).toBe(`${origin}${target}`);
    expect(signatureOf(sent)).toBe(expectedSignature(sent, testKey, `${pathname}${search}`, ""));
  });

  it("keeps the escaping of a query, which reserializing would change", async () => {
    const target = "/a?v=%20~:()*$;";
    const sent = await sign({ key: testKey }, { url: `${origin}${target}` });
    expect(signatureOf(sent)).toBe(expectedSignature(sent, testKey, target, ""));
    expect(new URLSearchParams("v=%20~:()*$;").toString(), "else this proves nothing").not.toBe(
      "v=%20~:()*$;",
    );
  });

  it("signs the host with its port, unless that is the scheme's default", async () => {
    const custom = await sign({ key: testKey }, { url: "https://example.com:8443/x" });
    expect(signatureOf(custom)).toBe(expectedSignature(custom, testKey, "/x", ""));
    const usual = await sign({ key: testKey }, { url: "https://example.com:443/x" });
    const none = await sign({ key: testKey }, { url: "https://example.com/x" });
    expect(signatureOf(usual)).toBe(signatureOf(none));
    expect(signatureOf(usual)).not.toBe(signatureOf(custom));
  });

  const text = '{"name":"Zoë 😀 日本"}';
  const bytes = new TextEncoder().encode(text);
  const padded = new Uint8Array([7, 7, ...bytes, 7]);
  it.each([
    ["a string", text],
    ["bytes", bytes],
    ["a view of part of a buffer", padded.subarray(2, -1)],
    ["an ArrayBuffer", bytes.buffer],
    ["a DataView", new DataView(padded.buffer, 2, bytes.length)],
    ["a Blob", new Blob([text])],
  ])("hashes a non-ASCII body that is %s as UTF-8", async (_, body) => {
    const sent = await sign({ key: testKey }, { url: `${origin}/x`, method: "POST", body });
    expect(signatureOf(sent)).toBe(expectedSignature(sent, testKey, "/x", text));
  });

  it("signs an empty string like a missing body", async () => {
    const sent = await sign({ key: testKey }, { url: `${origin}/x`, method: "POST", body: "" });
    expect(signatureOf(sent)).toBe(expectedSignature(sent, testKey, "/x", ""));
  });

  it.each([
    ["a stream", new ReadableStream()],
    ["a function that returns a stream", () => new ReadableStream()],
    ["a form", new FormData()],
  ])("rejects a body that is %s before sending it", async (_, body) => {
    const transport = stubTransport({ status: 200 });
    const pipeline = createEmptyPipeline();
    pipeline.addPolicy(createCommunicationAccessKeyCredentialPolicy({ key: testKey }), { phase: "Sign" });
    const request = createPipelineRequest({ url: `${origin}/x`, method: "POST" });
    Object.assign(request, { body });
    const error = await rejectionOf(() => pipeline.sendRequest(transport, request));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe("Only a string, bytes or a Blob can be signed as a body.");
    expect(transport.sent).toEqual([]);
  });

  it("reads the key for each request", async () => {
    const transport = stubTransport({ status: 200 });
    const credential = new AzureKeyCredential(testKey);
    const pipeline = createEmptyPipeline();
    pipeline.addPolicy(createCommunicationAccessKeyCredentialPolicy(credential), { phase: "Sign" });
    const send = () => pipeline.sendRequest(transport, createPipelineRequest({ url: `${origin}/x` }));
    await send();
    credential.update(otherKey);
    await send();
    credential.update(testKey);
    await send();
    const signatures = transport.sent.map(signatureOf);
    expect(signatures).toEqual(
      transport.sent.map((sent, index) =>
        expectedSignature(sent, index === 1 ? otherKey : testKey, "/x", ""),
      ),
    );
    expect(signatures[0]).toBe(signatures[2]);
    expect(signatures[0]).not.toBe(signatures[1]);
  });

  it("rejects a key that isn't base64 without printing it, and recovers with the next valid key", async () => {
    const transport = stubTransport({ status: 200 });
    const credential = new AzureKeyCredential("secret key!");
    const pipeline = createEmptyPipeline();
    pipeline.addPolicy(createCommunicationAccessKeyCredentialPolicy(credential), { phase: "Sign" });
    const send = () => pipeline.sendRequest(transport, createPipelineRequest({ url: `${origin}/x` }));
    const error = await rejectionOf(send);
    expect(error).toBeInstanceOf(TypeError);
    expectNoSecret(error, "secret key");
    expect(transport.sent).toEqual([]);
    credential.update(testKey);
    await send();
    expect(transport.sent).toHaveLength(1);
  });
});
