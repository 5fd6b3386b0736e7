import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.js";
import { wellKnownSigningKey } from "../../src/testing/tokens/wellKnownSigningKey.js";
import { makeToken, makeUser } from "../testing/ask.js";
import { type Command, startCommand } from "./command.js";

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

  it("takes what GET gave, however it is laid out and ordered", async () => {
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
      expect(service.snapshot().events).toEqual(events);
    }
    expect((await put(url, JSON.stringify({ version, resourceId, clock, events: [] }))).status).toBe(204);
    expect((await put(url, JSON.stringify({ version, resourceId, clock, events: [] }, null, 1))).status).toBe(
      204,
    );
    expect(service.snapshot().events).not.toEqual(events);
  });

  it.each([
    ["", "The body"],
    ["[]", "The body"],
    ["{", "The body is no JSON"],
    ["null", "The body"],
    ['{"events":{}}', "events must be an array"],
    ['{"clock":[],"version":1}', "events must be an array"],
    ['{"events":[1]}', "There is no event"],
    ['{"events":[,]}', "The body is no JSON"],
    ['{"events":[{"type":"userDeleted","user":1},]}', "The body is no JSON"],
    ['{"events":[{"type":"userDeleted","user":1}', "The body is no JSON"],
    ['{"events":[],"more":1}', "The body must be an object with no other members"],
    ['{"events":[]} {}', "The body is no JSON"],
    ['{"events":["]"]}', "There is no event"],
    [`{"events":[${" ".repeat(mebibyte)}]}`, "A part of the body is longer"],
    ['{"events":[],"version":2}', "restore needs"],
  ])("refuses %j with a reason, and changes nothing", async (body, reason) => {
    const before = emulator.service.snapshot();
    const response = await put(emulator.url, body);
    expect(response.status).toBe(400);
    expect((await response.json()).error.message).toContain(reason);
    expect(emulator.service.snapshot().events).toEqual(before.events);
  });

  it("refuses more than 64 MiB, and more than 256 KiB for anything else, before parsing it", async () => {
    const tooLong = await put(emulator.url, new Uint8Array(limit + 1));
    expect(tooLong.status).toBe(413);
    expect((await tooLong.json()).error.message).toBe(`The body has more than ${limit} bytes`);
    const other = await fetch(`${emulator.url}/_emulator/users`, {
      method: "POST",
      body: JSON.stringify({ customId: "x".repeat(256 * 1024) }),
    });
    expect(other.status).toBe(413);
  });
});

describe("64 MiB of anything", () => {
  let command: Command;
  let url: string;
  let resourceId: string;
  beforeAll(async () => {
    command = startCommand(["--log-level", "error"]);
    ({ url } = await command.ready());
    ({ resourceId } = await (await fetch(`${url}/_emulator/info`)).json());
  }, 60_000);
  afterAll(async () => void (await command.kill()));

  const snapshotHead = () =>
    `{"version":1,"resourceId":"${resourceId}","clock":{"offset":0,"skew":0},"events":[`;
  /** As many of the parts, with commas between them, as there is room for. */
  const filled = (head: string, part: (index: number) => string, tail: string): string => {
    const parts: string[] = [];
    let length = head.length + tail.length;
    for (let index = 0; ; index++) {
      const text = part(index);
      length += text.length + 1;
      if (length > limit) return head + parts.join(",") + tail;
      parts.push(text);
    }
  };

  it.each<[string, () => string | Uint8Array<ArrayBuffer>]>([
    ["open lists", () => "[".repeat(limit)],
    ["open objects", () => '{"a":'.repeat(limit / 5)],
    [
      "lists within lists as an event",
      () => `${snapshotHead()}${"[".repeat(limit / 4)}${"]".repeat(limit / 4)}]}`,
    ],
    ["empty objects", () => filled(snapshotHead(), () => "{}", "]}")],
    ["members", () => filled("{", (index) => `"m${index}":1`, "}")],
    ["one text", () => `{"version":"${"x".repeat(limit - 20)}"}`],
    ["zero bytes", () => new Uint8Array(limit)],
    ["commas", () => `${snapshotHead()}${",".repeat(limit - 1000)}]}`],
    ["deletions", () => filled(snapshotHead(), () => '{"type":"userDeleted","user":1}', "]}")],
    [
      "users",
      () =>
        filled(
          snapshotHead(),
          (index) => `{"type":"userCreated","user":${index + 1},"id":"${index}","at":1}`,
          "]}",
        ),
    ],
    [
      "revocations of one user",
      () =>
        filled(
          `${snapshotHead()}{"type":"userCreated","user":1,"id":"x","at":1},`,
          (index) => `{"type":"tokensRevoked","user":1,"upTo":${index},"at":5}`,
          "]}",
        ),
    ],
    [
      "keys",
      () =>
        filled(
          snapshotHead(),
          () => JSON.stringify({ type: "signingKeySet", key: wellKnownSigningKey }),
          "]}",
        ),
    ],
  ])("of %s leaves other requests waiting for less than 2 s", { timeout: 180_000 }, async (_, makeBody) => {
    const body = makeBody();
    let isDone = false;
    const sent = put(url, body).finally(() => {
      isDone = true;
    });
    let longest = 0;
    while (!isDone) {
      const asked = performance.now();
      expect((await fetch(`${url}/_emulator/health`)).status).toBe(200);
      longest = Math.max(longest, performance.now() - asked);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect([204, 400]).toContain((await sent).status);
    expect(longest).toBeLessThan(2000);
    expect(command.process.exitCode).toBeNull();
  });
});
