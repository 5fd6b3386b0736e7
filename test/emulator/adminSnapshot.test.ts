import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.js";
import { snapshotContent } from "../helpers/snapshotContent.js";
import { makeToken, makeUser } from "../testing/ask.js";

const mebibyte = 1024 * 1024;
const limit = 64 * mebibyte;

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
    for (const body of [
      text,
      JSON.stringify(JSON.parse(text), null, 4),
      JSON.stringify({ events, clock, resourceId, version }),
      JSON.stringify({ clock, events, version, resourceId }, null, "\t"),
    ]) {
      service.reset();
      expect((await put(url, body)).status).toBe(204);
      expect(snapshotContent(service).events).toEqual(events);
    }
    expect((await put(url, JSON.stringify({ version, resourceId, clock, events: [] }))).status).toBe(204);
    expect((await put(url, JSON.stringify({ version, resourceId, clock, events: [] }, null, 1))).status).toBe(
      204,
    );
    expect(snapshotContent(service).events).not.toEqual(events);
  });

  it.each([
    ["", "The body"],
    ["[]", "events must be an array"],
    ["{", "The body isn't JSON"],
    ["null", "The body"],
    ['{"events":{}}', "events must be an array"],
    ['{"clock":[],"version":1}', "events must be an array"],
    ['{"events":[1]}', "There is no event"],
    ['{"events":[,]}', "The body isn't JSON"],
    ['{"events":[{"type":"userDeleted","user":1},]}', "The body isn't JSON"],
    ['{"events":[{"type":"userDeleted","user":1}', "The body isn't JSON"],
    ['{"events":[],"more":1}', "The body must be an object with only the members"],
    ['{"events":[]} {}', "The body isn't JSON"],
    ['{"events":["]"]}', "There is no event"],
    ['{"events":[],"version":2}', "restore needs"],
  ])("rejects %j with a reason, and changes nothing", async (body, reason) => {
    const before = snapshotContent(emulator.service);
    const response = await put(emulator.url, body);
    expect(response.status).toBe(400);
    expect((await response.json()).error.message).toContain(reason);
    expect(snapshotContent(emulator.service).events).toEqual(before.events);
  });

  it("rejects an event of 1 MiB, which the service's own API can't create", async () => {
    const response = await put(emulator.url, `{"events":[${" ".repeat(mebibyte)}]}`);
    expect(response.status).toBe(400);
    expect((await response.json()).error.message).toContain("One event, or the rest of the body, is longer");
  });

  it("rejects a body over 64 MiB, while other routes reject one over 256 KiB", async () => {
    const tooLong = await put(emulator.url, new Uint8Array(limit + 1));
    expect(tooLong.status).toBe(413);
    expect((await tooLong.json()).error.message).toBe(`The body is longer than ${limit} bytes`);
    const other = await fetch(`${emulator.url}/_emulator/users`, {
      method: "POST",
      body: JSON.stringify({ customId: "x".repeat(256 * 1024) }),
    });
    expect(other.status).toBe(413);
  });
});
