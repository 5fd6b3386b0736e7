import { createHttpHeaders } from "@azure/core-rest-pipeline";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { requestedDelayInMs } from "../../../src/shared/retryAfter.js";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-10-21T07:28:00Z") });
});

describe("the delay that a response asks for", () => {
  it.each([
    [{ "retry-after-ms": "250" }, 250],
    [{ "x-ms-retry-after-ms": "300" }, 300],
    [{ "Retry-After": "2" }, 2000],
    [{ "Retry-After": "0" }, 0],
    [{ "Retry-After": "12" }, 12_000],
    [{ "Retry-After": "1.5" }, 1500],
    [{ "Retry-After": "1.25" }, 1250],
    [{ "Retry-After": "1.125" }, 1125],
    [{ "Retry-After": "123456789012" }, 123_456_789_012_000],
    [{ "Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT" }, 30_000],
    [{ "Retry-After": "Thu, 05 Nov 2026 19:41:53 GMT" }, 1_340_033_000],
    [{ "Retry-After": "Wed, 21 Oct 2026 07:27:00 GMT" }, 0],
    [{ "Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT", Date: "Wed, 21 Oct 2026 07:28:28 GMT" }, 2000],
    [{ "Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT", Date: "Wed, 21 Oct 2026 07:38:28 GMT" }, 0],
    [{ "Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT", Date: "2026-10-21T07:28:28Z" }, 30_000],
    [{ "Retry-After": "2", Date: "Wed, 21 Oct 2026 07:38:28 GMT" }, 2000],
    [{ "retry-after-ms": "1", "x-ms-retry-after-ms": "2", "Retry-After": "3" }, 1],
    [{ "x-ms-retry-after-ms": "2", "Retry-After": "3" }, 2],
    [{ "retry-after-ms": "soon", "x-ms-retry-after-ms": "", "Retry-After": "3" }, 3000],
    [{ "retry-after-ms": "0", "Retry-After": "3" }, 0],
  ])("is read from %o", (headers, delay) => {
    expect(requestedDelayInMs(createHttpHeaders(headers as Record<string, string>))).toBe(delay);
  });

  it.each([
    undefined,
    "",
    "-1",
    "+1",
    "1e3",
    "0x10",
    "x12",
    "12x",
    "12 s",
    "1.",
    ".5",
    "1.ab",
    "1.2.3",
    "1.2x",
    "1234567890123",
    "Infinity",
    "45, 60",
    "GMT, 45",
    "2026-10-21T07:28:30Z",
    "Oct 21 2026",
    "xWed, 21 Oct 2026 07:28:30 GMT",
    "Wed, 21 Oct 2026 07:28:30 GMT+1",
    "Wed, 21 Oct 2026 07:28:30 +0000",
    "Wednesday, 21-Oct-26 07:28:30 GMT",
    "Wed Oct 21 07:28:30 2026",
    "Wed, 1 Oct 2026 07:28:30 GMT",
    "Wed, 99 Oct 2026 07:28:30 GMT",
  ])("is undefined when Retry-After is %o", (text) => {
    const headers = createHttpHeaders(text === undefined ? {} : { "Retry-After": text });
    expect(requestedDelayInMs(headers)).toBeUndefined();
  });
});
