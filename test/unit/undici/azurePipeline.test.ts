// The transport under the pipeline of another Azure client, which knows nothing about this package.
import { getEventListeners } from "node:events";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import {
  createPipelineFromOptions,
  type PipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import { Agent, type Dispatcher } from "undici";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createUndiciHttpClient, type UndiciHttpClientOptions } from "../../../src/undici/index.js";
import { flood, gzipped, silence, stall, truncate } from "../../faults/servers/replies.js";
import { eventually, startFaultServer } from "../../helpers/transport/servers.js";
import { answer, okBody, okText } from "../transport/answers.js";
import { requestTo } from "./requestTo.js";

const megabyte = 1024 * 1024;
const long = "0123456789".repeat(1000);

type Listener = Parameters<NonNullable<PipelineRequest["abortSignal"]>["addEventListener"]>[1];

function send(request: PipelineRequest, options: UndiciHttpClientOptions = {}): Promise<PipelineResponse> {
  const pipeline = createPipelineFromOptions({ retryOptions: { maxRetries: 1, retryDelayInMs: 1 } });
  return pipeline.sendRequest(createUndiciHttpClient(options), request);
}

async function readStream({ readableStreamBody }: PipelineResponse): Promise<string> {
  return readableStreamBody ? text(readableStreamBody) : expect.fail("there is no stream");
}

describe("an Azure client over undici", () => {
  it.each([
    { codes: [200], asks: true },
    { codes: [Number.POSITIVE_INFINITY], asks: true },
    { codes: [201], asks: false },
    { codes: [], asks: false },
  ])("gets a stream only if it asks for one: $codes", async ({ codes, asks }) => {
    const server = await startFaultServer(okBody);
    const response = await send(requestTo(server.url, { streamResponseStatusCodes: new Set(codes) }));
    expect(response.bodyAsText).toBe(asks ? undefined : okText);
    if (asks) expect(await readStream(response)).toBe(okText);
  });

  it.each(["text", "a stream"])("gets a gzip body decoded as %s", async (kind) => {
    const server = await startFaultServer(gzipped(200, long));
    const everyStatus = { streamResponseStatusCodes: new Set([Number.POSITIVE_INFINITY]) };
    const response = await send(requestTo(server.url, kind === "text" ? {} : everyStatus));
    expect(server.requests[0]?.headers.get("accept-encoding")).toBe("gzip,deflate");
    expect(response.bodyAsText ?? (await readStream(response))).toBe(long);
  });

  it("gets the raw bytes when it doesn't accept an encoding", async () => {
    const server = await startFaultServer(gzipped(200, okText));
    const request = requestTo(server.url, { streamResponseStatusCodes: new Set([200]) });
    const { readableStreamBody } = await createUndiciHttpClient().sendRequest(request);
    const chunks: Buffer[] = [];
    for await (const chunk of readableStreamBody ?? []) chunks.push(Buffer.from(chunk));
    expect(Buffer.concat(chunks)).toEqual(gzipSync(okText));
  });

  it.each([
    { what: "a body", reply: flood(64 * megabyte) },
    { what: "a decoded body", reply: gzipped(200, "a".repeat(20 * megabyte)) },
  ])("rejects $what of more than 1 MiB as text, and closes the connection", async ({ reply }) => {
    const server = await startFaultServer(reply);
    await expect(send(requestTo(server.url))).rejects.toMatchObject({
      name: "RestError",
      code: "RESPONSE_TOO_LARGE",
      statusCode: 200,
    });
    await eventually(() => server.openSockets === 0 || server.bytesSent < megabyte, "the flood has ended");
  });

  it("reads a stream to its end, however large", async () => {
    const server = await startFaultServer(flood(8 * megabyte));
    const request = requestTo(server.url, { streamResponseStatusCodes: new Set([200]) });
    const stream = (await send(request, { maxResponseBodyInBytes: 1 })).readableStreamBody;
    let length = 0;
    for await (const chunk of stream ?? []) length += chunk.length;
    expect(length).toBe(8 * megabyte);
  });

  it("retries with core's policy when the connection is lost within a body", async () => {
    const server = await startFaultServer([truncate(200, long, 60), okBody]);
    expect(await send(requestTo(server.url))).toMatchObject({ status: 200, bodyAsText: okText });
    expect(server.requests.length).toBe(2);
  });

  it("gets no body for repeated HEAD requests", async () => {
    const server = await startFaultServer(answer({ headers: { "Content-Length": "5" } }));
    for (const codes of [[], [200], []]) {
      const streamResponseStatusCodes = new Set(codes);
      const response = await send(requestTo(server.url, { method: "HEAD", streamResponseStatusCodes }));
      expect(response.headers.get("content-length")).toBe("5");
      expect(response.bodyAsText).toBeUndefined();
      expect(response.readableStreamBody).toBeUndefined();
    }
  });

  it("reports the progress of the streams that it sends and receives", async () => {
    const server = await startFaultServer(answer({ body: long }));
    const up: number[] = [];
    const down: number[] = [];
    const request = requestTo(server.url, {
      method: "POST",
      body: () => Readable.from([Buffer.from("ab"), Buffer.from("c")]),
      streamResponseStatusCodes: new Set([200]),
      onUploadProgress: ({ loadedBytes }) => up.push(loadedBytes),
      onDownloadProgress: ({ loadedBytes }) => down.push(loadedBytes),
    });
    await readStream(await send(request));
    expect(server.requests[0]?.body.toString()).toBe("abc");
    expect(up).toEqual([2, 3]);
    expect(down.at(-1)).toBe(long.length);
  });

  it.each([
    ["onUploadProgress", new Error("no progress"), { message: expect.stringContaining("no progress") }],
    ["onDownloadProgress", new Error("no progress"), { message: expect.stringContaining("no progress") }],
    ["onDownloadProgress", undefined, { name: "RestError", statusCode: 200 }],
  ])("rejects when %s throws %s", async (name, thrown, shown) => {
    const server = await startFaultServer(answer({ body: long }));
    const thrower = () => {
      throw thrown;
    };
    const request = requestTo(server.url, { method: "POST", body: Readable.from(["x"]), [name]: thrower });
    await expect(send(request)).rejects.toMatchObject(shown);
  });
});

describe("a request over undici", () => {
  const places = [
    { what: "the headers", reply: silence },
    { what: "a stream", reply: stall(long, 10) },
    { what: "a gzip stream", reply: stall(gzipSync(long), 12, { "Content-Encoding": "gzip" }) },
  ];

  const streamResponseStatusCodes = new Set([200]);
  const timeout = 54_321;

  /** Returns the timers of requests with this timeout: those that were set, and those of them that weren't cleared. */
  function watchTimers() {
    const setTimer = vi.spyOn(globalThis, "setTimeout");
    const clearTimer = vi.spyOn(globalThis, "clearTimeout");
    const set = () =>
      setTimer.mock.results
        .filter((_, index) => setTimer.mock.calls[index]?.[1] === timeout)
        .map(({ value }) => value);
    const left = () => set().filter((timer) => !clearTimer.mock.calls.some(([cleared]) => cleared === timer));
    return { set, left };
  }

  it.each(places.flatMap((place) => [0, 60].map((timeout) => ({ ...place, timeout }))))(
    "rejects with an AbortError if it is aborted within $what, or times out after $timeout ms, and disconnects",
    async ({ reply, timeout }) => {
      const server = await startFaultServer(reply);
      const controller = new AbortController();
      const settings = { timeout, abortSignal: controller.signal, streamResponseStatusCodes };
      const sent = send(requestTo(server.url, settings)).then(readStream);
      sent.catch(() => undefined);
      if (timeout === 0) {
        await eventually(() => server.requests.length === 1, "the request has arrived");
        setTimeout(() => controller.abort(), 30);
      }
      await expect(sent).rejects.toMatchObject({ name: "AbortError" });
      await eventually(() => server.openSockets === 0, "the connection is closed");
      expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    },
  );

  it("rejects when a signal that isn't native aborts", async () => {
    const server = await startFaultServer(silence);
    const listeners = new Set<Listener>();
    const abortSignal = {
      aborted: false,
      addEventListener: (_: "abort", listener: Listener) => void listeners.add(listener),
      removeEventListener: (_: "abort", listener: Listener) => void listeners.delete(listener),
    };
    const sent = createUndiciHttpClient().sendRequest(requestTo(server.url, { abortSignal }));
    sent.catch(() => undefined);
    await eventually(() => server.requests.length === 1, "the request has arrived");
    for (const listener of [...listeners]) listener.call(abortSignal, { type: "abort" });
    await expect(sent).rejects.toMatchObject({ name: "AbortError" });
    expect(listeners.size).toBe(0);
  });

  it.each([
    ["as it came", stall(long, 10)],
    ["decompressed", stall(gzipSync(long), 12, { "Content-Encoding": "gzip" })],
  ])("closes the connection when the reader destroys the stream, %s", async (_, reply) => {
    const server = await startFaultServer(reply);
    const { signal } = new AbortController();
    const request = requestTo(server.url, { abortSignal: signal, streamResponseStatusCodes: new Set([200]) });
    const { readableStreamBody } = await send(request);
    (readableStreamBody as Readable).destroy();
    await eventually(() => server.openSockets === 0, "the connection is closed");
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("leaves no timer and no listener once the stream has been read", async () => {
    const server = await startFaultServer(okBody);
    const { signal } = new AbortController();
    const { set, left } = watchTimers();
    const settings = { abortSignal: signal, timeout, streamResponseStatusCodes };
    await readStream(await send(requestTo(server.url, settings)));
    expect(set()).toHaveLength(1);
    await eventually(() => left().length === 0, "the timer is gone");
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("doesn't time out at once if the timeout is longer than a timer allows", async () => {
    const server = await startFaultServer(okBody);
    expect((await send(requestTo(server.url, { timeout: 2 ** 31 }))).status).toBe(200);
  });

  it("causes no uncaught exception when a stream that nobody reads is lost", async () => {
    const uncaught: unknown[] = [];
    const listen = (error: unknown) => void uncaught.push(error);
    process.on("uncaughtExceptionMonitor", listen);
    onTestFinished(() => void process.off("uncaughtExceptionMonitor", listen));
    const server = await startFaultServer(truncate(200, long, 60));
    const { readableStreamBody } = await send(
      requestTo(server.url, { streamResponseStatusCodes: new Set([200]) }),
    );
    const stream = readableStreamBody as Readable;
    await eventually(() => stream.errored !== null, "the stream has its error");
    expect(uncaught).toEqual([]);
  });

  it.each([
    ["alone", {}],
    ["with progress", { onUploadProgress: () => undefined }],
  ])("destroys the stream of a request that can't be sent, %s", async (_, settings) => {
    const body = new PassThrough();
    body.write("x");
    const request = requestTo("http://127.0.0.1:1/", { method: "POST", body, ...settings });
    const sent = createUndiciHttpClient().sendRequest(request);
    await expect(sent).rejects.toMatchObject({ name: "RestError", code: "ECONNREFUSED" });
    await eventually(() => body.destroyed, "the stream is destroyed");
    // Without a listener this would be an uncaught exception.
    body.emit("error", new Error("later"));
  });

  const boom = (): never => {
    throw new Error("boom");
  };
  it.each<[string, Partial<PipelineRequest>, Dispatcher?]>([
    ["a body that throws", { body: boom }],
    ["a progress callback that throws", { body: "x", onUploadProgress: boom }],
    ["a dispatcher that throws", {}, new Agent().compose(() => (_options, _handler) => boom())],
  ])("leaves no timer and no listener with %s", async (_, settings, dispatcher) => {
    const { signal } = new AbortController();
    const { left } = watchTimers();
    const target = { method: "POST", timeout, abortSignal: signal } as const;
    const client = createUndiciHttpClient(dispatcher && { dispatcher });
    const sent = client.sendRequest(requestTo("http://127.0.0.1:1/", { ...target, ...settings }));
    await expect(sent).rejects.toMatchObject({ name: "RestError", message: "boom" });
    expect(left()).toEqual([]);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it.each<[string, Exclude<PipelineRequest["body"], undefined>, number[]]>([
    ["a typed array", new Uint16Array(3), [6]],
    ["a text", "äöü", [6]],
    ["a Blob, whose length it doesn't know", new Blob(["abc"]), []],
  ])("reports how many bytes of %s it sends", async (_, body, reports) => {
    const server = await startFaultServer(okBody);
    const up: number[] = [];
    const onUploadProgress = ({ loadedBytes }: { loadedBytes: number }) => void up.push(loadedBytes);
    await send(requestTo(server.url, { method: "POST", body, onUploadProgress }));
    expect(server.requests[0]?.body.length).toBeGreaterThan(2);
    expect(up).toEqual(reports);
  });

  it("doesn't take the limit of a dispatcher for a lost connection", async () => {
    const server = await startFaultServer(answer({ body: long }));
    const dispatcher = new Agent({ maxResponseSize: 3 });
    const sent = createUndiciHttpClient({ dispatcher }).sendRequest(requestTo(server.url));
    await expect(sent).rejects.toMatchObject({ code: "UND_ERR_RES_EXCEEDED_MAX_SIZE", statusCode: 200 });
    await dispatcher.close();
  });
});
