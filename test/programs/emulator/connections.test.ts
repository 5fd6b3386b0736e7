import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type EmulatorOptions, type LogEntry, startEmulator } from "../../../src/emulator/index.js";
import { startCommand } from "../../helpers/emulator/command.js";
import { send } from "../../helpers/emulator/http.js";
import { snapshotContent } from "../../helpers/snapshotContent.js";
import { signedHeaders } from "../../helpers/testing/sign.js";

const target = "/identities?api-version=2023-10-01";

/** The longest delay that a fault accepts, which no test waits for. */
const anHourInMs = 3_600_000;

/** Returns the signed headers of a request that creates a user. */
function creation(url: string, key: string): Record<string, string> {
  const { host } = new URL(url);
  return { host, ...signedHeaders({ method: "POST", target, host, key }) };
}

describe("closing the emulator during a delayed request", () => {
  it("waits no longer than for other requests, and never processes it", async () => {
    const file = join(tmpdir(), `acs-identity-${process.pid}.data`);
    onTestFinished(() => rmSync(file, { force: true }));
    const log: LogEntry[] = [];
    const options: EmulatorOptions = { data: file, onLog: (entry) => log.push(entry) };
    const delayed = await startEmulator(options);
    delayed.service.failNext({ delayInMs: anHourInMs });
    const lost = expect(
      send(delayed.url, "POST", target, { headers: creation(delayed.url, delayed.service.accessKey) }),
    ).rejects.toMatchObject({ code: "ECONNRESET" });
    await expect
      .poll(async () => (await send(delayed.url, "GET", "/_emulator/faults")).json.faults)
      .toEqual([]);
    await delayed.close();
    await lost;
    expect(log.filter(({ level }) => level !== "info")).toMatchObject([
      {
        level: "warn",
        message: expect.stringMatching(/^POST \/identities\S* dropped .*the emulator closed/),
      },
    ]);
    expect(snapshotContent(delayed.service).events.filter(({ type }) => type === "userCreated")).toEqual([]);
  });

  it("lets the command exit", async () => {
    const command = startCommand();
    onTestFinished(async () => void (await command.kill("SIGKILL")));
    const { url, connectionString } = await command.ready();
    const key = connectionString.split("accesskey=")[1] ?? "";
    await send(url, "POST", "/_emulator/faults", { body: { delayInMs: anHourInMs } });
    const lost = send(url, "POST", target, { headers: creation(url, key) }).catch(() => "lost");
    await expect.poll(async () => (await send(url, "GET", "/_emulator/faults")).json.faults).toEqual([]);
    expect(await command.kill("SIGTERM")).toBe(0);
    expect(await lost).toBe("lost");
  });
});

it("twenty concurrent delayed requests cause no Node warning", async () => {
  const emulator = await startEmulator();
  const warnings: string[] = [];
  const listen = ({ name }: Error) => warnings.push(name);
  process.on("warning", listen);
  onTestFinished(() => void process.off("warning", listen));
  emulator.service.failNext({ delayInMs: 50, times: 20 });
  await Promise.all(Array.from({ length: 20 }, () => send(emulator.url, "POST", target)));
  await emulator.close();
  expect(warnings).toEqual([]);
});
