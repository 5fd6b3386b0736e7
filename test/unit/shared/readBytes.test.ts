import { PassThrough, Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { bodyStream } from "../../../src/pipeline/transportPolicy.js";
import { readBytes } from "../../../src/shared/readBytes.js";

const chunks = ["grü", "ße", ""];
const text = chunks.join("");
const bytes = chunks.map((chunk) => new TextEncoder().encode(chunk));
const size = 7;

/** Responses of which a test can tell whether the reader ended their stream. */
const kinds = {
  "a web stream": () => {
    let ended = false;
    const browserStreamBody = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of bytes) controller.enqueue(chunk);
        controller.close();
      },
      cancel() {
        ended = true;
      },
    });
    return { body: { browserStreamBody }, isEnded: () => ended };
  },
  "a Node stream of bytes": () => nodeStream(bytes),
  "a Node stream of text": () => nodeStream(chunks),
};

function nodeStream(content: readonly (string | Uint8Array)[]) {
  const readableStreamBody = Readable.from(content, { objectMode: true });
  return { body: { readableStreamBody }, isEnded: () => readableStreamBody.destroyed };
}

async function read(body: object, limit: number, onProgress?: PipelineRequest["onDownloadProgress"]) {
  const stream = bodyStream(body as PipelineResponse) ?? expect.fail("there is no stream");
  return new TextDecoder().decode(await readBytes(stream, limit, onProgress));
}

describe.each(Object.entries(kinds))("readBytes, given %s,", (_, make) => {
  it("returns the text of as many bytes as the limit allows", async () => {
    expect(await read(make().body, size)).toBe(text);
  });

  it("reports how many bytes it has read", async () => {
    const reports: number[] = [];
    await read(make().body, size, ({ loadedBytes }) => reports.push(loadedBytes));
    expect([...new Set(reports)]).toEqual([4, size]);
  });

  it("rejects a body with more bytes, and ends the stream", async () => {
    const { body, isEnded } = make();
    const tooLarge = { code: "RESPONSE_TOO_LARGE", message: "it has more than 1 bytes" };
    await expect(read(body, 1)).rejects.toMatchObject(tooLarge);
    expect(isEnded()).toBe(true);
    await expect(read(make().body, size - 1)).rejects.toMatchObject({ code: "RESPONSE_TOO_LARGE" });
  });
});

describe("readBytes, given a stream that ends before the body does,", () => {
  const readFrom = (readableStreamBody: Readable) => read({ readableStreamBody }, size);

  it("rejects when the stream is closed", async () => {
    const stream = new PassThrough();
    stream.write("a");
    const result = readFrom(stream);
    queueMicrotask(() => stream.destroy());
    await expect(result).rejects.toMatchObject({ code: "ERR_STREAM_PREMATURE_CLOSE" });
  });

  it("rejects with the error of the stream", async () => {
    const stream = new PassThrough();
    const error = new Error("lost");
    const result = readFrom(stream);
    queueMicrotask(() => stream.destroy(error));
    await expect(result).rejects.toBe(error);
  });

  it("rejects at once if the stream was closed before", async () => {
    const stream = new PassThrough();
    stream.destroy();
    await new Promise((resolve) => stream.once("close", resolve));
    await expect(readFrom(stream)).rejects.toMatchObject({ code: "ERR_STREAM_PREMATURE_CLOSE" });
  });
});

describe("readBytes", () => {
  it("rejects with what a progress callback throws, and ends the stream", async () => {
    const { body, isEnded } = kinds["a Node stream of bytes"]();
    const error = new Error("progress");
    const report = () => {
      throw error;
    };
    await expect(read(body, size, report)).rejects.toBe(error);
    expect(isEnded()).toBe(true);
  });

  it("joins chunks of one byte, however many there are", async () => {
    const bytes = Array.from({ length: 2_000 }, (_, index) => index % 251);
    const stream = Readable.from(
      bytes.map((byte) => Uint8Array.of(byte)),
      { objectMode: true },
    );
    const copies = vi.spyOn(Uint8Array.prototype, "set");
    onTestFinished(() => copies.mockRestore());
    expect([...(await readBytes(stream, 2_000))]).toEqual(bytes);
    // Each chunk, and what was there before when there was no more room.
    expect(copies.mock.calls.filter(([copied]) => copied.length > 1).length).toBeLessThan(10);
  });

  it("keeps none of the chunks, since one of a byte takes hundreds in memory", async () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc");
    const made: WeakRef<Uint8Array>[] = [];
    async function* stream() {
      for (const byte of [1, 2, 3]) {
        const chunk = Uint8Array.of(byte);
        made.push(new WeakRef(chunk));
        yield chunk;
      }
      await setImmediate();
      collectGarbage();
    }
    await readBytes(stream(), size);
    // The generator itself may still have the last one.
    expect(made.slice(0, -1).map((chunk) => chunk.deref())).toEqual([undefined, undefined]);
  });
});
