import { RestError } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { errorChain, isLostConnection } from "../../../src/pipeline/lostConnection.js";

const coded = (code: unknown, cause?: unknown) => Object.assign(new Error("x", { cause }), { code });
const sendError = (message: string) => new RestError(message, { code: RestError.REQUEST_SEND_ERROR });

describe("isLostConnection", () => {
  it.each([
    "EAI_AGAIN",
    "ECONNABORTED",
    "ECONNREFUSED",
    "ECONNRESET",
    "EHOSTUNREACH",
    "ENETDOWN",
    "ENETUNREACH",
    "ENOTFOUND",
    "EPIPE",
    "ETIMEDOUT",
    "ESOCKETTIMEDOUT",
    "UND_ERR_SOCKET",
    "UND_ERR_CONNECT_TIMEOUT",
  ])("recognizes the code %s, on the error and on a cause", (code) => {
    expect(isLostConnection(coded(code))).toBe(true);
    expect(isLostConnection(new Error("x", { cause: coded("X", coded(code)) }))).toBe(true);
  });

  it.each(["CERT_HAS_EXPIRED", "XECONNRESET", "ECONNRESETX", "RESPONSE_TOO_LARGE", undefined])(
    "doesn't recognize the code %s",
    (code) => {
      expect(isLostConnection(coded(code))).toBe(false);
    },
  );

  it.each([
    "Failed to fetch",
    "NetworkError when attempting to fetch resource.",
    "Network error",
    "Load failed",
    "fetch failed",
    "Network connection lost.",
    "Proxy connection ended before receiving CONNECT response",
  ])("recognizes the message %j, but only on core's error for a failed send", (message) => {
    expect(isLostConnection(sendError(message))).toBe(true);
    expect(isLostConnection(new Error(message))).toBe(false);
    expect(isLostConnection(coded("X", new Error(message)))).toBe(false);
  });

  it("doesn't recognize other messages of a failed send", () => {
    expect(isLostConnection(sendError("Headers.append: invalid header value"))).toBe(false);
  });

  it.each([undefined, null, "ECONNRESET", 5])("returns false for %j, which isn't an error", (error) => {
    expect(isLostConnection(error)).toBe(false);
  });
});

describe("errorChain", () => {
  it("returns at most ten errors of a cause that contains itself", () => {
    const error: Error & { cause?: unknown } = new Error("x");
    error.cause = error;
    expect(errorChain(error)).toHaveLength(10);
  });

  it("ends at a cause that isn't an object", () => {
    const error = new Error("x", { cause: "why" });
    expect(errorChain(error)).toEqual([error]);
  });
});
