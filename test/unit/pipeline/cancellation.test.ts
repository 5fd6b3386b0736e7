import { getEventListeners } from "node:events";
import { createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { attemptPolicy } from "../../../src/pipeline/attemptPolicy.js";
import { abortError, inStep, onAbort, timeoutError } from "../../../src/pipeline/cancellation.js";

describe("the error of an aborted call", () => {
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

  it.each([new Error("the page was left"), "a text", null, 5])(
    "is an AbortError with the signal's reason as its cause: %s",
    (cause) => {
      const message = "The operation was aborted.";
      expect(abortError(AbortSignal.abort(cause))).toMatchObject({ name: "AbortError", message, cause });
    },
  );
});

describe("onAbort", () => {
  it("listens to a signal once, only while somebody waits, and calls nobody who has stopped", () => {
    const controller = new AbortController();
    const called: string[] = [];
    const [stopFirst, stopSecond] = ["first", "second"].map((name) =>
      onAbort(controller.signal, () => called.push(name)),
    );
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(1);
    stopFirst?.();
    stopFirst?.();
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(1);
    stopSecond?.();
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
    onAbort(controller.signal, () => called.push("third"));
    controller.abort();
    expect(called).toEqual(["third"]);
  });
});

describe("the error of a time limit", () => {
  it("names the step that an attempt waits for, but none that is over", async () => {
    const { signal } = new AbortController();
    const error = () => timeoutError(createPipelineRequest({ url: "https://a.example" }), 40, signal);
    const step = inStep(signal, ["STEP_TIMEOUT", "The step didn't end", "Check it"], Promise.resolve());
    expect(error()).toMatchObject({ code: "STEP_TIMEOUT" });
    await step;
    expect(error()).toMatchObject({ code: "RESPONSE_TIMEOUT" });
  });
});

describe("attemptPolicy", () => {
  const { signal } = new AbortController();

  it("gives the attempt a copy of the request, with a signal of its own and no other time limit", async () => {
    const headers = createHttpHeaders({ a: "1" });
    const request = createPipelineRequest({
      url: "https://a.example",
      headers,
      abortSignal: signal,
      timeout: 500,
    });
    const before = { ...request };
    await attemptPolicy.sendRequest(request, async (sent) => {
      expect(sent).toMatchObject({ url: request.url, requestId: request.requestId, timeout: 0 });
      expect(sent.abortSignal).not.toBe(signal);
      expect(sent.abortSignal?.aborted).toBe(false);
      sent.headers.set("a", "2");
      Object.assign(sent, { url: "https://elsewhere.invalid/", agent: {}, tlsSettings: {} });
      return { request: sent, status: 200, headers: createHttpHeaders() };
    });
    expect({ ...request }).toEqual(before);
    expect(headers.get("a")).toBe("1");
  });
});
