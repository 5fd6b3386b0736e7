import {
  createHttpHeaders,
  createPipelineRequest,
  type PipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { attemptPolicy } from "../../src/pipeline/attemptPolicy.js";
import { abortError, timeoutError } from "../../src/pipeline/cancellation.js";

describe("the error of an aborted call", () => {
  it("has the signal's reason as its cause", () => {
    const reason = new Error("the page was left");
    const error = abortError(AbortSignal.abort(reason));
    expect(error).toMatchObject({ name: "AbortError", message: "The operation was aborted.", cause: reason });
  });

  it("is a TimeoutError for AbortSignal.timeout", async () => {
    const signal = AbortSignal.timeout(1);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    expect(abortError(signal)).toMatchObject({ name: "TimeoutError", cause: signal.reason });
  });

  it.each([
    ["no signal", undefined],
    ["a signal without a reason", { aborted: true, addEventListener() {}, removeEventListener() {} }],
  ])("has no cause, given %s", (_, signal) => {
    const error = abortError(signal);
    expect(error.name).toBe("AbortError");
    expect("cause" in error).toBe(false);
  });

  it.each([["a text"], [null], [5]])("is an AbortError for the reason %j", (reason) => {
    expect(abortError(AbortSignal.abort(reason)).name).toBe("AbortError");
  });
});

it("the error of an attempt that timed out names the host and its limit", () => {
  const request = createPipelineRequest({ url: "https://a.example/identities" });
  expect(timeoutError(request, 25)).toMatchObject({
    name: "TimeoutError",
    message:
      "No complete response from a.example within 25 ms: check the endpoint, or raise requestOptions.timeout. It may have acted on the request, so calling again may do it twice.",
  });
});

describe("attemptPolicy", () => {
  const { signal } = new AbortController();
  const makeRequest = () =>
    createPipelineRequest({ url: "https://a.example", abortSignal: signal, timeout: 500 });
  const send = (request: PipelineRequest, next: (request: PipelineRequest) => Promise<PipelineResponse>) =>
    attemptPolicy().sendRequest(request, next);
  const responseTo = (request: PipelineRequest): PipelineResponse => ({
    request,
    status: 200,
    headers: createHttpHeaders(),
  });

  it("gives the attempt a signal of its own, and no other time limit", async () => {
    const request = makeRequest();
    await send(request, async (sent) => {
      expect(sent.abortSignal).not.toBe(signal);
      expect(sent.abortSignal?.aborted).toBe(false);
      expect(sent.timeout).toBe(0);
      return responseTo(sent);
    });
  });

  it.each([
    ["resolves", async (sent: PipelineRequest) => responseTo(sent)],
    ["rejects", () => Promise.reject(new Error("lost"))],
  ])("restores what the request had when the attempt %s", async (_, answer) => {
    const request = makeRequest();
    const before = { ...request };
    await send(request, (sent) => {
      const url = "https://elsewhere.invalid/";
      Object.assign(sent, { timeout: 1, url, requestOverrides: {}, agent: {}, tlsSettings: {} });
      return answer(sent);
    }).catch(() => undefined);
    expect({ ...request }).toEqual(before);
  });

  it("leaves an attempt that timed out its aborted signal", async () => {
    const request = makeRequest();
    request.timeout = 5;
    const late = send(request, async (sent) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return responseTo(sent);
    });
    await expect(late).rejects.toMatchObject({ name: "TimeoutError" });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(request.abortSignal).not.toBe(signal);
    expect(request.abortSignal?.aborted).toBe(true);
  });
});
