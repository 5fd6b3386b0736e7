import { beforeEach, describe, expect, it } from "vitest";
import { createFakeIdentityService, type Fault } from "../../../../../../src/testing/index.js";
import { ask } from "../../../../../helpers/testing/ask.js";
import { stubBrowser } from "../stubBrowser.js";

stubBrowser();
beforeEach(() => stubBrowser());
const { faultKinds, faultText, leftText, effectText, outages } = await import(
  "../../../../../../src/emulator/page/browser/simulate/faults.js"
);

describe("the page's faults", () => {
  it.each(faultKinds.map(([button, label, fault]) => ({ button, label, fault })))(
    "do what $button and $label say",
    async ({ button, label, fault }) => {
      const { status, delayInMs = 0 } = fault;
      if (delayInMs > 0) return expect(button).toBe(`Delay ${delayInMs / 1000} s`);
      if (!status) return expect(label.toLowerCase()).toBe(faultText(fault));
      const service = createFakeIdentityService();
      service.failNext(fault);
      const { body } = await ask(service, { method: "POST", target: "/identities?api-version=2023-10-01" });
      expect([button, label]).toEqual([String(status), `${status} ${body.error.code}`]);
    },
  );

  it.each([
    [{ status: 503, code: "Busy", retryAfterInSeconds: 2 }, "503 Busy, Retry-After 2"],
    [{ status: 429, retryAfterInSeconds: 0 }, "429, Retry-After 0"],
    [{ status: 429, retryAfterInSeconds: null }, "429, no Retry-After"],
    [{ delayInMs: 90_000 }, "1 min 30 s delay"],
    [{ drop: "after", delayInMs: 500 }, "500 ms delay, connection dropped after processing"],
    [{ drop: "before", retryAfterInSeconds: null }, "connection dropped before processing"],
  ] as const)("are described, such as %j", (fault, text) => {
    expect(faultText(fault)).toBe(text);
    expect(faultText({ ...fault, operation: "getToken" })).toBe(`${text}, getToken only`);
    expect(effectText(fault)).toBe(`The next request gets: ${text}`);
    expect(effectText({ ...fault, times: 1, operation: "getToken" })).toBe(
      `The next getToken request gets: ${text}`,
    );
    expect(effectText({ ...fault, times: 3 })).toBe(`The next 3 requests get: ${text}`);
  });

  it("offer an outage of 30 s without Retry-After, and a 429 for every getToken", async () => {
    const statuses: unknown[] = [];
    for (const [, , fault] of outages) {
      const service = createFakeIdentityService();
      service.failNext(fault);
      const create = async () => {
        const { status, headers } = await ask(service, {
          method: "POST",
          target: "/identities?api-version=2023-10-01",
        });
        return [status, headers.get("retry-after")];
      };
      statuses.push(await create(), await create());
      service.clock.advance({ seconds: 30 });
      statuses.push(await create());
      const [user = { id: "" }] = service.users;
      const target = `/identities/${encodeURIComponent(user.id)}/:issueAccessToken?api-version=2023-10-01`;
      for (let count = 0; count < 2; count++)
        statuses.push((await ask(service, { method: "POST", target, body: { scopes: ["chat"] } })).status);
    }
    expect(statuses).toEqual([
      ...[[503, null], [503, null], [201, null], 200, 200],
      ...[[201, null], [201, null], [201, null], 429, 429],
    ]);
  });

  it.each<[Fault, string]>([
    [{ status: 429, times: "unlimited" }, "Every request gets until you stop it: 429"],
    [
      { status: 429, times: "unlimited", operation: "getToken" },
      "Every getToken request gets until you stop it: 429",
    ],
    [
      { status: 503, retryAfterInSeconds: null, durationInSeconds: 90 },
      "Every request gets for 1 min 30 s: 503, no Retry-After",
    ],
    [{ status: 503, times: 2, durationInSeconds: 30 }, "The next 2 requests get for 30 s: 503"],
    [
      { drop: "after", times: 1, durationInSeconds: 30 },
      "The next request gets for 30 s: connection dropped after processing",
    ],
  ])("are described by what they affect, such as %j", (fault, text) => {
    expect(effectText(fault)).toBe(text);
  });

  it.each([
    [1, undefined, "once"],
    [3, undefined, "3 times"],
    [3, 12.2, "3 times, 13 s left"],
    ["unlimited", 29.001, "30 s left"],
    ["unlimited", 0.001, "1 s left"],
    ["unlimited", undefined, "until you stop it"],
  ] as const)("say what is left of %j times and %j s", (times, durationInSeconds, text) => {
    const time = durationInSeconds === undefined ? {} : { durationInSeconds };
    expect(leftText({ number: 1, status: 503, times, ...time })).toBe(text);
  });
});
