import { getEventListeners } from "node:events";
import { createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import { describe, expect, it, vi } from "vitest";
import { AttemptEnd, OperationRequest, onEndOf } from "../../../src/operationRequest.js";

function newRequest(): OperationRequest {
  return new OperationRequest({
    url: "https://a.example",
    method: "POST",
    headers: createHttpHeaders(),
    requestId: "the-id",
    allowInsecureConnection: false,
    timeout: 0,
  });
}

describe("the end of an attempt", () => {
  const reason = new Error("over");

  it("reaches a signal that was asked for before, and one that is asked for after", () => {
    const attempt = new AttemptEnd();
    const { signal } = attempt;
    expect(signal.aborted).toBe(false);
    attempt.end(reason);
    expect(signal.reason).toBe(reason);
    expect(attempt.signal).toBe(signal);

    const late = new AttemptEnd();
    late.end(reason);
    expect(late.signal.reason).toBe(reason);
  });

  it("calls a transport back, at once when it has come already", () => {
    const request = newRequest();
    const attempt = request.beginAttempt();
    const callback = vi.fn();
    const takeBack = onEndOf(request, callback);
    expect(callback).not.toHaveBeenCalled();
    attempt.end(reason);
    expect(callback).toHaveBeenCalledTimes(1);
    takeBack();
    const late = vi.fn();
    onEndOf(request, late);
    expect(late).toHaveBeenCalledTimes(1);
  });

  it("is that of the signal in a request of someone else, and leaves no listener", () => {
    const controller = new AbortController();
    const request = createPipelineRequest({ url: "https://a.example", abortSignal: controller.signal });
    const [callback, other] = [vi.fn(), vi.fn()];
    const takeBack = onEndOf(request, callback);
    onEndOf(request, other);
    expect(callback).not.toHaveBeenCalled();
    takeBack();
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(1);
    controller.abort();
    expect(callback).not.toHaveBeenCalled();
    expect(other).toHaveBeenCalledTimes(1);
    const late = vi.fn();
    onEndOf(request, late);
    expect(late).toHaveBeenCalledTimes(1);
  });

  it("never comes in a request of someone else without a signal", () => {
    const callback = vi.fn();
    onEndOf(createPipelineRequest({ url: "https://a.example" }), callback)();
    expect(callback).not.toHaveBeenCalled();
  });
});

describe("the signal of a request", () => {
  it("is the caller's, and in an attempt the attempt's own", () => {
    const request = newRequest();
    expect(request.abortSignal).toBeUndefined();
    const { signal } = new AbortController();
    request.abortSignal = signal;
    const attempt = request.beginAttempt();
    expect(request.abortSignal).toBe(attempt.signal);
    request.finishAttempt(attempt);
    expect(request.abortSignal).toBe(signal);
    expect(request.attempt).toBeUndefined();
    expect(request.attempts).toBe(1);
  });

  it("that a policy puts there lasts until the attempt ends", () => {
    const request = newRequest();
    const [callers, policys] = [new AbortController().signal, new AbortController().signal];
    request.abortSignal = callers;
    const attempt = request.beginAttempt();
    request.abortSignal = policys;
    expect(request.abortSignal).toBe(policys);
    request.finishAttempt(attempt);
    expect(request.abortSignal).toBe(callers);
  });

  it("stays that of an attempt which was ended", () => {
    const request = newRequest();
    const attempt = request.beginAttempt();
    attempt.end(new Error("over"));
    request.finishAttempt(attempt);
    expect(request.abortSignal.aborted).toBe(true);
    expect(request.attempt).toBe(attempt);
  });
});
