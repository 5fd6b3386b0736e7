import { expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../../src/emulator/index.js";
import { snapshotContent } from "../../helpers/snapshotContent.js";
import { makeUser } from "../../testing/ask.js";
import { startCommand } from "../command.js";

const [users, tokensOfEach] = [100_000, 6];

/** The events of the users and their tokens, 84 MiB in JSON. */
function* eventsOf(resourceId: string): Generator<object> {
  const now = Math.floor(Date.now() / 1000);
  for (let user = 1; user <= users; user++) {
    const id = `8:acs:${resourceId}_${crypto.randomUUID()}`;
    yield { type: "userCreated", user, id, at: now * 1000, lastTokenIssuedAt: now * 1000 };
  }
  for (let token = 1; token <= users * tokensOfEach; token++) {
    const times = { issuedAt: now, expiresAt: now + 86_400 };
    yield { type: "tokenIssued", token, user: (token % users) + 1, scopes: "chat,voip", ...times };
  }
}

it("a snapshot of 100 000 users and 600 000 tokens is taken and given, and others are served in between", async () => {
  const command = startCommand(["--log-level", "error"]);
  onTestFinished(async () => void (await command.kill()));
  const { url } = await command.ready();
  const snapshotUrl = `${url}/_emulator/snapshot`;
  /** Waits for a response while other requests are answered, and counts these. */
  const servedMeanwhile = async (response: Promise<Response>): Promise<number> => {
    let [served, isDone] = [0, false];
    const done = response.then(async (each) => {
      expect(each.ok).toBe(true);
      isDone = true;
    });
    while (!isDone) {
      expect((await fetch(`${url}/_emulator/health`)).status).toBe(200);
      if (!isDone) served += 1;
    }
    await done;
    return served;
  };
  const empty = await (await fetch(snapshotUrl)).json();
  const body = JSON.stringify({ ...empty, events: [...eventsOf(empty.resourceId)] });
  expect(body.length).toBeGreaterThan(80 * 2 ** 20);
  expect(await servedMeanwhile(fetch(snapshotUrl, { method: "PUT", body }))).toBeGreaterThan(1);
  const given = fetch(snapshotUrl);
  expect(await servedMeanwhile(given)).toBeGreaterThan(1);
  const { events } = await (await given).json();
  expect(events).toHaveLength(1 + users * (1 + tokensOfEach));
});

it("a snapshot of 128 MiB is given and taken, and a longer one refused", async () => {
  const { service, url, close } = await startEmulator();
  onTestFinished(close);
  const snapshotUrl = `${url}/_emulator/snapshot`;
  const put = (body: string) => fetch(snapshotUrl, { method: "PUT", body });
  const limit = 128 * 2 ** 20;
  const { events: _, ...head } = snapshotContent(service);
  const users = (last: number) =>
    Array.from({ length: 140 }, (_, user) => {
      const id = `8:acs:${user}${"é".repeat(user < 139 ? 480_000 : last)}`;
      return { type: "userCreated", user, id, at: 5 };
    });
  const snapshot = (last: number) => JSON.stringify({ ...head, events: users(last) });
  const last = Math.floor((limit - Buffer.byteLength(snapshot(0))) / 2) - 40;
  expect((await put(snapshot(last))).status).toBe(204);
  const text = await (await fetch(snapshotUrl)).text();
  expect(Buffer.byteLength(text)).toBeGreaterThan(limit - 200);
  expect((await put(text)).status).toBe(204);
  expect((await put(text + " ".repeat(200))).status).toBe(413);
  await makeUser(service);
  const refused = await fetch(snapshotUrl);
  expect([refused.status, (await refused.json()).error.message]).toEqual([
    413,
    expect.stringContaining(`would be longer than ${limit} bytes`),
  ]);
});

const mebibyte = 2 ** 20;
const names = (length = 6_000_000) =>
  Array.from({ length }, (_, index) => `"${index.toString(36)}":0`).join();

const inEvents = (text: string) => `{"events":[${text}]}`;

it.each([
  ["objects", 413, () => inEvents(`${"{},".repeat((127 / 3) * mebibyte)}{}`)],
  ["objects with a name each", 413, () => inEvents(`{${names().replaceAll(",", "},{")}}`)],
  [
    "objects with a name each in one event",
    400,
    () => inEvents(`{"":[{${names(70_000).replaceAll(",", "},{")}}]}`),
  ],
  ["arrays", 413, () => inEvents(`${"[],".repeat(18 * mebibyte)}[]`)],
  ["arrays that are no events", 413, () => `[${"[],".repeat(18 * mebibyte)}[]]`],
  ["names", 413, () => inEvents(`{${names()}}`)],
  ["names of its own", 413, () => `{"events":[],${names()}}`],
  ["nested arrays", 413, () => "[".repeat(120_000_000)],
  ["wide text", 413, () => inEvents(`"€${"a".repeat(127 * mebibyte)}"`)],
])("a heap of 512 MiB survives a snapshot of %s", async (_, status, body) => {
  const command = startCommand(["--log-level", "error"], { NODE_OPTIONS: "--max-old-space-size=512" });
  onTestFinished(async () => void (await command.kill()));
  const { url } = await command.ready();
  const response = await fetch(`${url}/_emulator/snapshot`, { method: "PUT", body: body() });
  expect([response.status, (await response.json()).error.code]).toEqual([status, "Refused"]);
  expect((await fetch(`${url}/_emulator/health`)).status).toBe(200);
});
