import { open } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { type Emulator, startEmulator } from "../../../../src/emulator/index.js";
import { temporaryFolder } from "../../../helpers/temporaryFolder.js";

async function start(data: string): Promise<Emulator> {
  const emulator = await startEmulator({ data });
  onTestFinished(() => emulator.close());
  return emulator;
}

it("a change by the program shows in its properties once it is saved", async () => {
  const { service, connectionString, url } = await start(join(temporaryFolder(), "state.jsonl"));
  service.regenerateKey("primary");
  expect(service.connectionString).toBe(connectionString);
  await fetch(`${url}/_emulator/info`);
  expect(service.connectionString).not.toBe(connectionString);
});

it("reads neither wait for a write nor fail with one", async () => {
  const data = join(temporaryFolder(), "state.jsonl");
  const { url } = await start(data);
  const admin = (path: string, method = "GET") => fetch(`${url}/_emulator${path}`, { method });
  const file = await open(data);
  let fail: ((error: Error) => void) | undefined;
  vi.spyOn(Object.getPrototypeOf(file), "datasync").mockImplementationOnce(
    () => new Promise((_, reject) => (fail = reject)),
  );
  await file.close();
  const creation = admin("/users", "POST");
  await vi.waitUntil(() => fail);
  const reads = ["/info", "/users", "/requests", "/snapshot", "/faults", "/clock"];
  for (const path of reads) expect((await admin(path)).status, `${path} during the write`).toBe(200);
  fail?.(new Error("the disk is full"));
  expect((await creation).status).toBe(500);
  for (const path of reads) expect((await admin(path)).status, `${path} after the failure`).toBe(200);
});
