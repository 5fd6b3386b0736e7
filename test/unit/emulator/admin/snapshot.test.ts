import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { EmulatorContext } from "../../../../src/emulator/admin/emulatorContext.js";
import { snapshotRoutes } from "../../../../src/emulator/admin/snapshot.js";
import { type Emulator, startEmulator } from "../../../../src/emulator/index.js";
import { toFakeIdentityService } from "../../../../src/testing/fakeIdentityService.js";
import { createFake } from "../../../../src/testing/service/fake.js";
import type { Call } from "../../../../src/testing/wire/call.js";
import { restoreContent, snapshotContent } from "../../../helpers/snapshotContent.js";
import { makeToken, makeUser } from "../../../helpers/testing/ask.js";

const put = (url: string, body: string | Uint8Array<ArrayBuffer>) =>
  fetch(`${url}/_emulator/snapshot`, { method: "PUT", body, signal: AbortSignal.timeout(120_000) });

describe("PUT /snapshot", () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator();
  });
  afterAll(() => emulator.close());

  it("accepts what GET returned, in any formatting and order of members", async () => {
    const { service, url } = emulator;
    const id = await makeUser(service);
    await makeToken(service, id);
    const text = await (await fetch(`${url}/_emulator/snapshot`)).text();
    const { version, resourceId, clock, events } = JSON.parse(text);
    const restored = [{ ...events[0], discardedUpTo: 1 }, ...events.slice(1)];
    for (const body of [
      text,
      JSON.stringify(JSON.parse(text), null, 4),
      JSON.stringify({ events, clock, resourceId, version }),
      JSON.stringify({ clock, events, version, resourceId }, null, "\t"),
    ]) {
      service.reset();
      expect((await put(url, body)).status).toBe(204);
      expect(snapshotContent(service).events).toEqual(restored);
    }
    expect((await put(url, JSON.stringify({ version, resourceId, clock, events: [] }))).status).toBe(204);
    expect((await put(url, JSON.stringify({ version, resourceId, clock, events: [] }, null, 1))).status).toBe(
      204,
    );
    expect(snapshotContent(service).events).not.toEqual(restored);
  });

  it("ends the tokens that this emulator issued since, but maybe not those of another one, as the page says", async () => {
    const [maker, reader] = [await startEmulator(), await startEmulator()];
    onTestFinished(async () => {
      await Promise.all([maker.close(), reader.close()]);
    });
    const id = await makeUser(maker.service);
    const snapshot = await (await fetch(`${maker.url}/_emulator/snapshot`)).text();
    const ofMaker = [await makeToken(maker.service, id), await makeToken(maker.service, id)];
    const own = await makeToken(reader.service, await makeUser(reader.service));
    expect((await put(reader.url, snapshot)).status).toBe(204);
    const inspected = await Promise.all([own, ...ofMaker].map((token) => reader.service.inspectToken(token)));
    expect(inspected.map(({ valid }) => valid)).toEqual([false, false, true]);
  });

  it.each([
    ["", "restore needs a snapshot"],
    ["[]", "The JSON value could not be converted to an object"],
    ["{", "The request body is not valid JSON"],
    ["null", "restore needs a snapshot"],
    ['{"version":1,"events":{}}', "restore needs a snapshot"],
    ['{HEAD,"events":[1]}', "There is no event"],
    ['{HEAD,"events":[{"type":"]"}, null]}', "There is no event"],
    ['{HEAD,"events":[{]}', "The request body is not valid JSON"],
    ['{HEAD,"events":[],"clock":[{}]}', "its clock must be an object"],
    ['{HEAD,"events":[],"clock":{}}', "The members of a clock must be numbers"],
    ['{HEAD,"events":{}}', "its events must be an array"],
    ['{HEAD,"events":[],"resourceId":{}}', "its resourceId must be a string"],
    ['{HEAD,"events":[,]}', "The request body is not valid JSON"],
    ['{HEAD,"events":[],"more":1}', "The body must be an object with only the members"],
    ['{"events":[],"version":2}', "its version must be 1"],
    [`{HEAD,"events":[{"type":"${"[{,".repeat(33)}\\"],["}]}`, "There is no event"],
  ])("rejects %j with a reason, and changes nothing", async (text, reason) => {
    const { events: _, ...head } = snapshotContent(emulator.service);
    const body = text.replace("HEAD", JSON.stringify(head).slice(1, -1));
    const before = snapshotContent(emulator.service);
    const response = await put(emulator.url, body);
    expect(response.status).toBe(400);
    expect((await response.json()).error.message).toContain(reason);
    expect(snapshotContent(emulator.service).events).toEqual(before.events);
  });
});

describe("a snapshot of many events", () => {
  it.each([
    // A turn lasts 50 ms. Here, each event takes 10.
    ["checked when it is taken", "PUT", 100, 15],
    ["written when it is given", "GET", 10_001, 3],
  ])("is %s in steps, between which others are served", async (_, method, users, least) => {
    const fake = createFake();
    const service = toFakeIdentityService(fake);
    const events = Array.from(
      { length: users },
      (_, user) => ({ type: "userCreated", user: user + 1, id: `8:acs:${user}`, at: 5 }) as const,
    );
    const content = { ...snapshotContent(service), events };
    restoreContent(service, content);
    const json = method === "PUT" ? { ...content } : undefined;
    const call = { json, parameters: {}, query: new URLSearchParams() };
    let [now, turns, isDone] = [0, 0, false];
    vi.spyOn(performance, "now").mockImplementation(() => {
      now += 10;
      return now;
    });
    const serveOthers = () => {
      turns += 1;
      if (!isDone) setImmediate(serveOthers);
    };
    setImmediate(serveOthers);
    const context = { fake, service } as EmulatorContext;
    const row = snapshotRoutes.find((each) => each.method === method);
    const { status } = (await row?.handle(context, call as Partial<Call> as Call)) ?? {};
    isDone = true;
    expect(status).toBe(method === "PUT" ? 204 : 200);
    expect(turns).toBeGreaterThanOrEqual(least);
  });
});
