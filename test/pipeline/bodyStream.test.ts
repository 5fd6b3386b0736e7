import { Readable } from "node:stream";
import type { PipelineResponse } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { readStream } from "../../src/pipeline/bodyStream.js";

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

function read(body: object, limit: number, onProgress?: (progress: { loadedBytes: number }) => void) {
  return readStream(body as PipelineResponse, limit, onProgress);
}

describe.each(Object.entries(kinds))("readStream, given %s,", (_, make) => {
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
  it("returns the text of a response, and an empty one for no body", async () => {
    expect(await read({ bodyAsText: "abc" }, 3)).toBe("abc");
    expect(await read({}, 0)).toBe("");
  });

  it("rejects a text that is too long", async () => {
    await expect(read({ bodyAsText: "abc" }, 2)).rejects.toMatchObject({ code: "RESPONSE_TOO_LARGE" });
  });
});
