import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../../../src/emulator/index.js";
import type { StateEvent } from "../../../../src/testing/state/events.js";
import { restoreContent, snapshotContent } from "../../../helpers/snapshotContent.js";
import { type Command, startCommand } from "../../../unit/emulator/command.js";
import { makeUser } from "../../../unit/testing/ask.js";

const mebibyte = 2 ** 20;

it("a snapshot of 128 MiB is given and taken, and a longer one is neither", async () => {
  const { service, url, close } = await startEmulator();
  onTestFinished(close);
  const snapshotUrl = `${url}/_emulator/snapshot`;
  const limit = 128 * mebibyte;
  const head = { ...snapshotContent(service), events: [] };
  const users = (last: number) =>
    Array.from({ length: 140 }, (_, user): StateEvent => {
      const id = `8:acs:${user}${"é".repeat(user < 139 ? 480_000 : last)}`;
      return { type: "userCreated", user, id, at: 5 };
    });
  const lengthWith = (last: number) => Buffer.byteLength(JSON.stringify({ ...head, events: users(last) }));
  restoreContent(service, { ...head, events: users(Math.floor((limit - lengthWith(0)) / 2) - 40) });
  const text = Buffer.from(await (await fetch(snapshotUrl)).arrayBuffer());
  expect(text.length).toBeGreaterThan(limit - 200);
  const put = async (length: number) => {
    const body = Buffer.concat([text, Buffer.alloc(length - text.length, " ")]);
    return (await fetch(snapshotUrl, { method: "PUT", body })).status;
  };
  expect([await put(limit), await put(limit + 1)]).toEqual([204, 413]);
  await makeUser(service);
  const refused = await fetch(snapshotUrl);
  expect([refused.status, (await refused.json()).error.message]).toEqual([
    413,
    expect.stringContaining(`would be longer than ${limit} bytes`),
  ]);
});

const heapInMebibytes = 256;
const names = (length = 2_000_000) =>
  Array.from({ length }, (_, index) => `"${index.toString(36)}":0`).join();
const inEvents = (text: string) => `{"events":[${text}]}`;

describe(`a heap of ${heapInMebibytes} MiB`, () => {
  let command: Command;
  let snapshotUrl: string;
  beforeAll(async () => {
    const options = { NODE_OPTIONS: `--max-old-space-size=${heapInMebibytes}` };
    command = startCommand(["--log-level", "error"], options);
    snapshotUrl = `${(await command.ready()).url}/_emulator/snapshot`;
  });
  afterAll(() => command.kill());

  const put = async (body: string) => {
    const response = await fetch(snapshotUrl, { method: "PUT", body });
    return { status: response.status, error: response.ok ? undefined : (await response.json()).error };
  };

  it.each([
    ["objects", 413, () => inEvents(`${"{},".repeat(20 * mebibyte)}{}`)],
    ["objects with a name each", 413, () => inEvents(`{${names().replaceAll(",", "},{")}}`)],
    [
      "objects with a name each in one event",
      400,
      () => inEvents(`{"":[{${names(70_000).replaceAll(",", "},{")}}]}`),
    ],
    ["arrays", 413, () => inEvents(`${"[],".repeat(9 * mebibyte)}[]`)],
    ["arrays that are no events", 413, () => `[${"[],".repeat(9 * mebibyte)}[]]`],
    ["names", 413, () => inEvents(`{${names()}}`)],
    ["names of its own", 413, () => `{"events":[],${names()}}`],
    ["nested arrays", 413, () => "[".repeat(60 * mebibyte)],
    ["wide text", 413, () => inEvents(`"€${"a".repeat(60 * mebibyte)}"`)],
  ])("survives a snapshot of %s", async (_, status, body) => {
    expect(await put(body())).toMatchObject({ status, error: { code: "Refused" } });
  });

  it("takes a snapshot that may need half of it, and gives it back", async () => {
    const { events: _, resourceId, ...rest } = await (await fetch(snapshotUrl)).json();
    const now = Math.floor(Date.now() / 1000);
    const snapshotOf = (users: number) => {
      const events: object[] = [];
      for (let user = 1; user <= users; user++) {
        events.push({ type: "userCreated", user, id: `8:acs:${resourceId}_${user}`, at: now * 1000 });
        for (let token = user * 6; token > user * 6 - 6; token--) {
          const times = { issuedAt: now, expiresAt: now + 86_400 };
          events.push({ type: "tokenIssued", token, user, scopes: "chat,voip", ...times });
        }
      }
      return JSON.stringify({ ...rest, resourceId, events });
    };
    // An event counts for a KiB, and twice its length.
    const users = Math.floor((heapInMebibytes * mebibyte) / 2 / (7 * (1024 + 2 * 100)));
    expect((await put(snapshotOf(Math.floor(users * 1.2)))).error.message).toContain("half of the heap");
    expect(await put(snapshotOf(Math.floor(users * 0.95)))).toMatchObject({ status: 204 });
    const { events } = await (await fetch(snapshotUrl)).json();
    expect(events).toHaveLength(1 + 7 * Math.floor(users * 0.95));
  });
});
