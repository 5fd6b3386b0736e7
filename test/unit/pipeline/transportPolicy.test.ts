import { Readable } from "node:stream";
import { createHttpHeaders, createPipelineRequest, type PipelineRequest } from "@azure/core-rest-pipeline";
import { describe, expect, it, vi } from "vitest";
import { transportPolicy } from "../../../src/pipeline/transportPolicy.js";
import { rejectionOf } from "../../helpers/secrets.js";

function requestOf(more: Partial<PipelineRequest> = {}): PipelineRequest {
  return Object.assign(createPipelineRequest({ url: "http://127.0.0.1/identities" }), more);
}

const policy = transportPolicy(new URL("http://127.0.0.1"), {});

/** Sends a request through the policy to a transport that returns the body. */
function send(readableStreamBody: Readable | undefined, request = requestOf(), status = 200) {
  return policy.sendRequest(request, async (sent) => {
    const headers = createHttpHeaders();
    return { request: sent, status, headers, ...(readableStreamBody && { readableStreamBody }) };
  });
}

/** A body of which two bytes arrive before it fails. */
function failing(error: Error): Readable {
  return Readable.from(
    (async function* () {
      yield Buffer.from("ab");
      throw error;
    })(),
  );
}

const coded = (code?: string) => Object.assign(new Error("raw text"), { code });

describe("transportPolicy", () => {
  it("returns the body as text, and no stream", async () => {
    const response = await send(Readable.from([Buffer.from("gr"), Buffer.from("üße")]));
    expect(response).toMatchObject({ status: 200, bodyAsText: "grüße" });
    expect(response.readableStreamBody).toBeUndefined();
  });

  it("returns the text of a transport that streams nothing, at most 1 MiB of it", async () => {
    const sendText = (bodyAsText: string) =>
      policy.sendRequest(requestOf(), async (request) => ({
        request,
        status: 200,
        headers: createHttpHeaders(),
        bodyAsText,
      }));
    const longest = "a".repeat(1024 * 1024);
    expect(await sendText(longest)).toMatchObject({ bodyAsText: longest });
    const error = await rejectionOf(() => sendText(`${longest}a`));
    expect(error).toMatchObject({ code: "RESPONSE_TOO_LARGE" });
  });

  it("asks the transport for a stream whatever the status, also in a browser, on a copy of the request", async () => {
    const request = requestOf();
    let sent: PipelineRequest | undefined;
    const response = await policy.sendRequest(request, async (each) => {
      sent = each;
      return { request: each, status: 503, headers: createHttpHeaders() };
    });
    expect(sent?.streamResponseStatusCodes).toEqual(new Set([Number.POSITIVE_INFINITY]));
    expect(sent?.enableBrowserStreams).toBe(true);
    expect(request.streamResponseStatusCodes).toBeUndefined();
    expect(response.request).toBe(request);
  });

  it.each([Number.NaN, undefined, "201", 0, 99, 600, 200.5])(
    "rejects a response with the status %s",
    async (status) => {
      const call = policy.sendRequest(requestOf(), async (request) => ({
        request,
        status: status as number,
        headers: createHttpHeaders(),
      }));
      await expect(call).rejects.toMatchObject({
        name: "RestError",
        message: `The transport returned a response with the status ${status}.`,
      });
    },
  );

  it.each([undefined, null, {}])("rejects %s in the place of a response", async (nothing) => {
    const call = policy.sendRequest(requestOf(), async () => nothing as never);
    await expect(call).rejects.toMatchObject({
      name: "RestError",
      message: "The transport returned a response with no headers.",
    });
  });

  it.each([
    ["ECONNRESET", "ECONNRESET"],
    ["ETIMEDOUT", "ETIMEDOUT"],
    ["ERR_STREAM_PREMATURE_CLOSE", "ECONNRESET"],
    [undefined, "ECONNRESET"],
  ])("reports a body that ends with %s as a lost connection with the code %s", async (code, reported) => {
    const request = requestOf();
    const error = await rejectionOf(() => send(failing(coded(code)), request));
    expect(error).toMatchObject({
      name: "RestError",
      message: `The body of the response with status 200 could not be read: the connection was lost (${reported}).`,
      code: reported,
      statusCode: 200,
      request,
      response: { status: 200 },
    });
  });

  it("says that a body of more than 1 MiB is too large", async () => {
    const body = Readable.from([Buffer.alloc(1024 * 1024), Buffer.from("a")]);
    const error = await rejectionOf(() => send(body));
    expect(error).toMatchObject({
      code: "RESPONSE_TOO_LARGE",
      message:
        "The body of the response with status 200 could not be read: it has more than 1048576 bytes. Check the endpoint (127.0.0.1) and the proxy.",
    });
  });

  it("cancels a web stream that it doesn't read to its end, which would hold its connection", async () => {
    const cancel = vi.fn();
    const browserStreamBody = new ReadableStream<Uint8Array>({
      pull: (stream) => stream.enqueue(new Uint8Array(1024 * 1024)),
      cancel,
    });
    const call = policy.sendRequest(requestOf(), async (request) => ({
      request,
      status: 200,
      headers: createHttpHeaders(),
      browserStreamBody: browserStreamBody as never,
    }));
    await expect(call).rejects.toMatchObject({ code: "RESPONSE_TOO_LARGE" });
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  it("shows of an unknown encoding neither the request's credential nor more than a line", async () => {
    const request = requestOf({ headers: createHttpHeaders({ Authorization: "Bearer aBcDeFgHiJkLmNoP" }) });
    for (const [encoding, shown] of [
      ["aBcDeFgHiJkLmNoP", /'REDACTED'\. Check/],
      ["x".repeat(10_000), /'x{40,80}\. Check/],
    ] as const) {
      const headers = createHttpHeaders({ "Content-Encoding": encoding });
      const call = policy.sendRequest(request, async () => ({
        request,
        status: 200,
        headers,
        readableStreamBody: Readable.from([Buffer.from("{}")]),
      }));
      await expect(call).rejects.toMatchObject({
        code: "UNKNOWN_CONTENT_ENCODING",
        message: expect.stringMatching(shown),
      });
    }
  });

  it("passes on the error of a body that ended because the attempt was aborted", async () => {
    const controller = new AbortController();
    const error = coded("ECONNRESET");
    const request = requestOf({ abortSignal: controller.signal });
    const response = send(failing(error), request);
    controller.abort();
    expect(await rejectionOf(() => response)).toBe(error);
  });

  it("sends nothing for an attempt that has ended", async () => {
    const next = vi.fn();
    const request = requestOf({ abortSignal: AbortSignal.abort() });
    expect(await rejectionOf(() => policy.sendRequest(request, next))).toMatchObject({ name: "AbortError" });
    expect(next).not.toHaveBeenCalled();
  });

  it("reports the progress itself", async () => {
    const reports: number[] = [];
    const onDownloadProgress = ({ loadedBytes }: { loadedBytes: number }) => reports.push(loadedBytes);
    const request = requestOf({ onDownloadProgress });
    let seen: unknown = "nothing";
    await policy.sendRequest(request, async (sent) => {
      seen = sent.onDownloadProgress;
      const readableStreamBody = Readable.from([Buffer.from("ab"), Buffer.from("c")]);
      return { request: sent, status: 200, headers: createHttpHeaders(), readableStreamBody };
    });
    expect(seen).toBeUndefined();
    expect(reports).toEqual([2, 3]);
    expect(request.onDownloadProgress).toBe(onDownloadProgress);
  });

  it("passes on what the caller's callback throws, which isn't a lost connection", async () => {
    const error = new Error("a mistake of the caller's");
    const onDownloadProgress = () => {
      throw error;
    };
    expect(await rejectionOf(() => send(failing(coded("EPIPE")), requestOf({ onDownloadProgress })))).toBe(
      error,
    );
  });
});
