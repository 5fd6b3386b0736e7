import {
  createEmptyPipeline,
  createPipelineFromOptions,
  createPipelineRequest,
} from "@azure/core-rest-pipeline";
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  AzureKeyCredential,
  CommunicationIdentityClient,
  createCommunicationAccessKeyCredentialPolicy,
} from "../../../src/index.js";
import { expectNoSecret, rejectionOf } from "../../helpers/secrets.js";
import { type SentRequest, stubTransport } from "../../helpers/stubTransport.js";
import { otherKey, testKey, user } from "../../helpers/values.js";
import { readVectors } from "../../helpers/vectors/vectors.js";
import { isWellSigned } from "../../helpers/wireSignature.js";

const origin = "https://example.com";

function setUp(credential: { key: string }) {
  const transport = stubTransport({ status: 200 });
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(createCommunicationAccessKeyCredentialPolicy(credential), { phase: "Sign" });
  const send = async (url = `${origin}/x`, more: object = {}) => {
    await pipeline.sendRequest(transport, Object.assign(createPipelineRequest({ url }), more));
    return transport.sent.at(-1) ?? expect.fail("nothing was sent");
  };
  return { send, sent: transport.sent };
}

function signatureOf(sent: SentRequest): string | undefined {
  return /^HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=(\S+)$/.exec(
    sent.headers.authorization ?? "",
  )?.[1];
}

describe("createCommunicationAccessKeyCredentialPolicy", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2022-04-13T18:09:12.451Z") });
  });

  it.each(readVectors().map((vector) => [vector.name, vector] as const))("signs: %s", async (_, vector) => {
    vi.setSystemTime(new Date(vector.date));
    const { method, body, url } = vector;
    const more = { method, allowInsecureConnection: true, ...(body !== null && { body }) };
    const sent = await setUp(vector).send(url, more);
    expect(sent.headers["x-ms-date"]).toBe(vector.date);
    expect(sent.headers["x-ms-content-sha256"]).toBe(vector.contentHash);
    expect(signatureOf(sent)).toBe(vector.signature);
  });

  it.each([
    "/a?v=%20~:()*$;,'!@",
    "/a?v=%20~:()*$;",
    "/a%2Fb%3Ac?x",
    "/a?&b=1&&c",
    "/a?b=c+d&e=%7E",
    "/%C3%BC?q=%C3%BC",
    "/",
    "/a?",
  ])("signs the target %s exactly as it is sent", async (target) => {
    const sent = await setUp({ key: testKey }).send(`${origin}${target}`);
    expect(sent.url).toBe(`${origin}${target}`);
    expect(isWellSigned(sent, testKey)).toBe(true);
  });

  it("signs the host with its port, unless that is the scheme's default", async () => {
    const { send } = setUp({ key: testKey });
    const custom = await send("https://example.com:8443/x");
    const usual = await send("https://example.com:443/x");
    const none = await send("https://example.com/x");
    expect([custom, usual, none].every((sent) => isWellSigned(sent, testKey))).toBe(true);
    expect(signatureOf(usual)).toBe(signatureOf(none));
    expect(signatureOf(usual)).not.toBe(signatureOf(custom));
  });

  const text = '{"name":"Zoë 😀 日本"}';
  const bytes = new TextEncoder().encode(text);
  const padded = new Uint8Array([7, 7, ...bytes, 7]);
  it.each([
    ["a string", text, text],
    ["bytes", bytes, text],
    ["a view of part of a buffer", padded.subarray(2, -1), text],
    ["an ArrayBuffer", bytes.buffer, text],
    ["a DataView", new DataView(padded.buffer, 2, bytes.length), text],
    ["a Blob", new Blob([text]), text],
    ["an empty string", "", ""],
  ])("hashes a body that is %s as UTF-8", async (_, body, hashed) => {
    const sent = await setUp({ key: testKey }).send(undefined, { method: "POST", body });
    expect(isWellSigned({ ...sent, body: hashed }, testKey)).toBe(true);
  });

  it.each([
    ["a stream", new ReadableStream()],
    ["a function that returns a stream", () => new ReadableStream()],
    ["a form", new FormData()],
  ])("rejects a body that is %s before sending it", async (_, body) => {
    const { send, sent } = setUp({ key: testKey });
    const error = await rejectionOf(() => send(undefined, { method: "POST", body }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe("Only a string, bytes or a Blob can be signed as a body.");
    expect(sent).toEqual([]);
  });

  it("corrects the clock once for each request of another pipeline, whatever its id", async () => {
    const denied = { status: 401, headers: { date: "Wed, 13 Apr 2022 20:00:00 GMT" } };
    const busy = { status: 503, headers: { "retry-after-ms": "1" } };
    const transport = stubTransport(denied, busy, denied, denied, busy, denied);
    const pipeline = createPipelineFromOptions({});
    pipeline.addPolicy(createCommunicationAccessKeyCredentialPolicy({ key: testKey }), { phase: "Sign" });
    for (const sent of [3, 6]) {
      await pipeline.sendRequest(transport, createPipelineRequest({ url: origin, requestId: "shared" }));
      expect(transport.sent).toHaveLength(sent);
    }
  });

  it("gives each attempt of a client its own date and signature", async () => {
    vi.useFakeTimers({ now: new Date("2026-01-02T03:04:05.000Z") });
    const busy = { status: 503, headers: { "retry-after": "2" } };
    const httpClient = stubTransport(busy, busy, busy, { status: 204 });
    const client = new CommunicationIdentityClient(origin, new AzureKeyCredential(testKey), { httpClient });
    const call = client.revokeTokens(user);
    await vi.advanceTimersByTimeAsync(10_000);
    await call;
    expect(httpClient.sent.map(({ headers }) => headers["x-ms-date"])).toEqual([
      "Fri, 02 Jan 2026 03:04:05 GMT",
      "Fri, 02 Jan 2026 03:04:07 GMT",
      "Fri, 02 Jan 2026 03:04:09 GMT",
      "Fri, 02 Jan 2026 03:04:11 GMT",
    ]);
    expect(httpClient.sent.every((sent) => isWellSigned(sent, testKey))).toBe(true);
  });

  it("reads the key for each request", async () => {
    const credential = new AzureKeyCredential(testKey);
    const { send, sent } = setUp(credential);
    await send();
    credential.update(otherKey);
    await send();
    credential.update(testKey);
    await send();
    expect(sent.map((each) => isWellSigned(each, testKey))).toEqual([true, false, true]);
    expect(sent.map((each) => isWellSigned(each, otherKey))).toEqual([false, true, false]);
    // A credential that gives another key each time doesn't keep it from sending.
    let reads = 0;
    await setUp({
      get key() {
        return btoa(`${reads++}`);
      },
    }).send();
  });

  it("rejects a key that isn't base64 without printing it, and recovers with the next valid key", async () => {
    const credential = { key: "secret key!" };
    const { send, sent } = setUp(credential);
    const error = await rejectionOf(send);
    expect(error).toBeInstanceOf(TypeError);
    expectNoSecret(error, "secret key");
    expect(sent).toEqual([]);
    credential.key = testKey;
    await send();
    expect(sent).toHaveLength(1);
  });
});
