import { afterEach, expect, it, onTestFinished, vi } from "vitest";
import { type LogEntry, startEmulator } from "../../src/emulator/index.js";
import { CommunicationIdentityClient } from "../../src/index.js";

afterEach(() => void vi.restoreAllMocks());

it.each([
  [
    "throws",
    () => {
      throw new Error("no space");
    },
  ],
  ["rejects", () => Promise.reject(new Error("no space"))],
] as [string, (entry: LogEntry) => void][])(
  "a request succeeds although onLog %s, and a warning says so",
  async (_, onLog) => {
    const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const emulator = await startEmulator({ onLog });
    onTestFinished(() => emulator.close());
    const client = new CommunicationIdentityClient(emulator.connectionString);
    await expect(client.createUser()).resolves.toBeDefined();
    await expect.poll(() => warnings.mock.calls).toEqual([["onLog failed: no space"]]);
  },
);
