import { describe, expect, it } from "vitest";
import { faultKinds, faultText, nextText } from "../../../../src/emulator/page/browser/faults.js";
import { createFakeIdentityService } from "../../../../src/testing/index.js";
import { ask } from "../../../testing/ask.js";

describe("the page's faults", () => {
  it.each(faultKinds.map(([button, label, fault]) => ({ button, label, fault })))(
    "do what $button and $label say",
    async ({ button, label, fault }) => {
      const { status, drop, delayInMs = 0 } = fault;
      if (drop) return expect(label).toBe(`Connection dropped ${drop} processing`);
      if (delayInMs > 0) return expect(button).toBe(`Delay ${delayInMs / 1000} s`);
      const service = createFakeIdentityService();
      service.failNext(fault);
      const { body } = await ask(service, { method: "POST", target: "/identities?api-version=2023-10-01" });
      expect([button, label]).toEqual([String(status), `${status} ${body.error.code}`]);
    },
  );

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
