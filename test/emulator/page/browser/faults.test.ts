import { describe, expect, it } from "vitest";
import { faultKinds, faultText, nextText } from "../../../../src/emulator/page/browser/faults.js";

describe("the page's faults", () => {
  it("are the common ones", () => {
    expect(faultKinds.map(([button, label, fault]) => [button, label, fault])).toEqual([
      ["429", "429 TooManyRequests", { status: 429 }],
      ["500", "500 InternalServerError", { status: 500 }],
      ["503", "503 ServiceUnavailable", { status: 503 }],
      ["401", "401 Denied", { status: 401 }],
      ["Drop request", "Connection dropped before processing", { drop: "before" }],
      ["Drop response", "Connection dropped after processing", { drop: "after" }],
      ["Delay 3 s", "The usual response, delayed", { delayInMs: 3000 }],
    ]);
  });

  it.each([
    [{ status: 503, code: "Busy", retryAfterInSeconds: 2 }, "503 Busy, Retry-After 2"],
    [{ status: 429, retryAfterInSeconds: 0, operation: "getToken" }, "429, Retry-After 0, getToken only"],
    [{ drop: "after", delayInMs: 500 }, "500 ms delay, connection dropped after processing"],
    [{ drop: "before" }, "connection dropped before processing"],
  ] as const)("are described, such as %j", (fault, text) => {
    expect(faultText(fault)).toBe(text);
    expect(nextText(fault)).toBe(`The next request gets: ${text}`);
    expect(nextText({ ...fault, times: 1 })).toBe(`The next request gets: ${text}`);
    expect(nextText({ ...fault, times: 3 })).toBe(`The next 3 requests get: ${text}`);
  });
});
