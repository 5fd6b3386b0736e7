import { describe, expect, it, vi } from "vitest";
import { createFakeIdentityService, type Duration } from "../../../../src/testing/index.js";
import { snapshotContent } from "../../../helpers/snapshotContent.js";
import { ask } from "../../../helpers/testing/ask.js";

const create = { method: "POST", target: "/identities?api-version=2023-10-01" };

describe("clock", () => {
  it("rejects correctly dated signatures when it's skewed, and shows its own time in Date", async () => {
    const service = createFakeIdentityService();
    const before = Date.now();
    service.clock.skew({ minutes: 20 });
    const reply = await ask(service, create);
    expect(reply.status).toBe(401);
    const ahead = Date.parse(reply.headers.get("date") ?? "") - before;
    // A Date header has whole seconds.
    expect(ahead).toBeGreaterThan(20 * 60_000 - 1000);
    service.clock.reset();
    expect((await ask(service, create)).status).toBe(201);
  });

  it("runs, freezes, and resumes from there, with its skew", () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const service = createFakeIdentityService();
    const { clock } = service;
    const after = (seconds: number) => {
      vi.setSystemTime(Date.now() + seconds * 1000);
      return clock.now().toISOString();
    };
    clock.skew({ seconds: 5 });
    clock.set("2030-01-01T00:00:00Z");
    expect(after(1)).toBe("2030-01-01T00:00:01.000Z");
    clock.freeze();
    expect(after(1)).toBe("2030-01-01T00:00:01.000Z");
    clock.advance({ days: 1, hours: -1 });
    expect(after(1)).toBe("2030-01-01T23:00:01.000Z");
    clock.resume();
    expect(after(1)).toBe("2030-01-01T23:00:02.000Z");
    expect(snapshotContent(service).clock).toMatchObject({ skewInMs: 5000 });
  });

  it.each([0, Date.UTC(2100, 0)])("can be set to %d", (time) => {
    const { clock } = createFakeIdentityService({ now: 5 });
    clock.set(time);
    expect(clock.now()).toEqual(new Date(time));
  });

  it.each(["soon", "0", "Jan 1", "", null, true, undefined, {}, 8.64e15, -1, Date.UTC(2100, 0) + 1])(
    "can't be set to %j",
    (time) => {
      const { clock } = createFakeIdentityService({ now: 5 });
      expect(() => clock.set(time as string)).toThrow(/^The clock's time must be a Date/);
      expect(clock.now()).toEqual(new Date(5));
    },
  );

  it.each([
    { hours: Number.NaN },
    { hours: "2" },
    { hour: 1 },
    { days: 1e9 },
    { hours: null },
    null,
    5,
    undefined,
  ])("can't be advanced or skewed by %j", async (by) => {
    const service = createFakeIdentityService({ now: 5 });
    const { clock } = service;
    const before = snapshotContent(service).clock;
    expect(() => clock.advance(by as Duration)).toThrow(TypeError);
    expect(() => clock.skew(by as Duration)).toThrow(TypeError);
    expect(snapshotContent(service).clock).toEqual(before);
  });
});
