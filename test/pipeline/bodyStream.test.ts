import { PassThrough, Readable } from "node:stream";
import { createHttpHeaders, type PipelineResponse } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { readStream } from "../../src/pipeline/bodyStream.js";
import { readBody } from "../../src/platform/node/body.js";

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

const readers = { readStream, "Node's readBody": readBody };
type Read = (body: object, limit: number, onProgress?: Parameters<typeof readBody>[2]) => Promise<string>;

describe.each(
  Object.entries(readers).flatMap(([name, reader]) =>
    Object.entries(kinds).map(([kind, make]) => ({ name, kind, make, reader })),
  ),
)("$name, given $kind,", ({ make, reader }) => {
  const read: Read = (body, limit, onProgress) =>
    reader({ ...body, headers: createHttpHeaders() } as PipelineResponse, limit, onProgress);

  it("returns the text of as many bytes as the limit allows", async () => {
    expect(await read(make().body, size)).toBe(text);
  });

  it("reports how many bytes it has read", async () => {
    const reports: number[] = [];
    await read(make().body, size, ({ loadedBytes }) => reports.push(loadedBytes));
    expect([...new Set(reports)]).toEqual([4, size]);
  });

  it("rejects a body with more bytes, and ends the stream", async () => {
    const { body } = make();
    await expect(read(body, size - 1)).rejects.toMatchObject({
      code: "RESPONSE_TOO_LARGE",
      message: `it has more than ${size - 1} bytes`,
    });
  });

  it("ends the stream of a body with more bytes", async () => {
    const { body, isEnded } = make();
    await read(body, 1).catch(() => undefined);
    expect(isEnded()).toBe(true);
  });
});

describe("readStream, given text,", () => {
  const read = (body: object, limit: number) => readStream(body as PipelineResponse, limit);

  it("returns the text of a response, and an empty one for no body", async () => {
    expect(await read({ bodyAsText: "abc" }, 3)).toBe("abc");
    expect(await read({}, 0)).toBe("");
  });

  it("rejects a text that is too long", async () => {
    await expect(read({ bodyAsText: "abc" }, 2)).rejects.toMatchObject({ code: "RESPONSE_TOO_LARGE" });
  });
});

describe.each(Object.entries(readers))("%s, given a stream that ends before the body does,", (_, reader) => {
  const read = (readableStreamBody: Readable) =>
    reader({ readableStreamBody, headers: createHttpHeaders() } as unknown as PipelineResponse, size);

  it("rejects when the stream is closed", async () => {
    const stream = new PassThrough();
    stream.write("a");
    const result = read(stream);
    setImmediate(() => stream.destroy());
    await expect(result).rejects.toMatchObject({ code: "ERR_STREAM_PREMATURE_CLOSE" });
  });

  it("rejects with the error of the stream", async () => {
    const stream = new PassThrough();
    const error = new Error("lost");
    const result = read(stream);
    setImmediate(() => stream.destroy(error));
    await expect(result).rejects.toBe(error);
  });

  it("rejects at once if the stream was closed before", async () => {
    const stream = new PassThrough();
    stream.destroy();
    await new Promise((resolve) => stream.once("close", resolve));
    await expect(read(stream)).rejects.toMatchObject({ code: "ERR_STREAM_PREMATURE_CLOSE" });
  });
});

it("Node's readBody rejects with what a progress callback throws, and ends the stream", async () => {
  const { body, isEnded } = kinds["a Node stream of bytes"]();
  const error = new Error("progress");
  const report = () => {
    throw error;
  };
  const response = { ...body, headers: createHttpHeaders() } as unknown as PipelineResponse;
  await expect(readBody(response, size, report)).rejects.toBe(error);
  expect(isEnded()).toBe(true);
});

it("Node's readBody closes the stream of a body that is too large and goes on", async () => {
  const readableStreamBody = new PassThrough();
  readableStreamBody.write("abc");
  const response = { readableStreamBody, headers: createHttpHeaders() } as unknown as PipelineResponse;
  await expect(readBody(response, 2)).rejects.toMatchObject({ code: "RESPONSE_TOO_LARGE" });
  expect(readableStreamBody.destroyed).toBe(true);
});
