import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import type { Database } from "../src/store/database.js";
import { type Running, send, start } from "./inProcess.js";
import { measurements } from "./measurements.js";

let service: Running;
afterEach(() => service?.stop());

const alarms = () => service.log.filter(({ alarm }) => alarm !== undefined);

it("a stop before the database has answered stays a stop", async () => {
  let answer = () => {};
  const isAnswered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const wrap = (database: Database): Database => ({
    ...database,
    query: async (text, values) => {
      if (text === "SELECT 1") throw new Error("down");
      if (text.includes("AS version FROM schema_version")) await isAnswered;
      return database.query(text, values);
    },
  });
  service = await start({ DRAIN_SECONDS: "2" }, { isReady: false, wrap });
  const dependencies = { database: 0, issuer: 1, acs: 1 };
  for (const [dependency, value] of Object.entries(dependencies)) {
    await expect
      .poll(() => measurements)
      .toContain(`token_service.dependency_up ${value} ${JSON.stringify({ dependency })}`);
  }
  const stopping = service.stop();
  answer();
  await expect.poll(() => service.log.map(({ msg }) => msg)).toContain("Ready");
  const { body, headers } = await service.call("GET", "/readyz");
  expect(body).toMatchObject({ status: 503, code: "stopping" });
  expect(headers.get("Connection")).toBe("close");
  expect(service.log).toContainEqual(expect.objectContaining({ level: 40, code: "stopping" }));
  await stopping;
  expect(service.log.at(-1)).toMatchObject({ msg: "Stopped", time: expect.stringMatching(/^20\d\d-\d\d-/) });
});

it("an instance that the database refuses at its start waits, and raises an alarm", async () => {
  const refused = Object.assign(new Error("no such role"), { code: "28000" });
  const wrap = (database: Database): Database => ({
    ...database,
    query: async (text, values) => {
      if (text.includes("AS version FROM schema_version")) throw refused;
      return database.query(text, values);
    },
  });
  service = await start({}, { isReady: false, wrap });
  await expect.poll(() => service.log.map(({ msg }) => msg)).toContain("Waiting for the database");
  await expect.poll(alarms).toContainEqual(expect.objectContaining({ alarm: "database" }));
  expect(measurements.filter((line) => line.startsWith("token_service.ready"))).toEqual([]);
});

it("an instance measures whether it is ready, and how long callers and dependencies take", async () => {
  service = await start();
  const alice = await service.signIn("alice");
  const seconds = (name: string) =>
    measurements.flatMap(
      (line) => new RegExp(`^token_service.${name} (\\S+) (.*)`).exec(line)?.slice(1) ?? [],
    );
  await service.call("POST", "/token", alice);
  await service.call("POST", "/token", "wrong");
  await service.call("GET", "/readyz");
  expect(seconds("response_seconds"), "only those who may call").toEqual([
    expect.stringMatching(/^0\.\d+$/),
    '{"route":"/token"}',
  ]);
  service.emulator.service.failNext({ operation: "getToken", delayInMs: 3_600_000 });
  const hangUp = send(service.url, alice);
  await sleep(300);
  hangUp();
  await expect.poll(() => seconds("response_seconds")).toHaveLength(4);
  expect(Number(seconds("response_seconds")[2]), "one who gives up, too").toBeGreaterThan(0.1);
  for (const dependency of ["database", "issuer", "acs"])
    expect(seconds("dependency_seconds")).toContain(JSON.stringify({ dependency }));
  await service.stop();
  expect(measurements.filter((line) => line.startsWith("token_service.ready"))).toEqual([
    "token_service.ready 1 undefined",
    "token_service.ready 0 undefined",
  ]);
});
