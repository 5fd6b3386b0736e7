import { expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../../../src/emulator/index.js";
import type { StateEvent } from "../../../../src/testing/state/events.js";
import { restoreContent, snapshotContent } from "../../../helpers/snapshotContent.js";
import { makeUser } from "../../../helpers/testing/ask.js";

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
