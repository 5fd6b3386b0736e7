// Runs the built command in a process of its own, so that the memory is its own, too.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { startCommand } from "../../helpers/emulator/command.js";
import { isHealthy, statusesIn } from "../../helpers/emulator/rawSocket.js";

const chunks = 1_000_000;
const chunksPerWrite = 10_000;
/** Node's own buffers and garbage take some. An object for each chunk would take more than a hundred MiB. */
const mostMebibytes = 64;

/** Sends a body of a million chunks of one byte. Resolves with the statuses that came back. */
async function sendChunks(url: string, method: string, path: string): Promise<number[]> {
  const { host, port } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  let received = "";
  socket
    .on("error", () => {})
    .on("data", (chunk) => {
      received += chunk;
    });
  socket.write(`${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n`);
  const piece = Buffer.from("1\r\n \r\n".repeat(chunksPerWrite));
  for (let sent = 0; sent < chunks; sent += chunksPerWrite) {
    await new Promise((resolve) => socket.write(piece, resolve));
  }
  socket.write("0\r\n\r\n");
  await expect.poll(() => statusesIn(received), { timeout: 30_000 }).toHaveLength(1);
  return statusesIn(received);
}

/** Returns the most memory that a process has had resident since `resetPeak`, in MiB. */
function peakOf(pid: number): number {
  const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) / 1024;
}

/** Sets the peak to what is resident now, so that the start doesn't count. */
function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

const reason = existsSync("/proc/self/clear_refs") ? "" : " (skipped: this system has no /proc)";

describe.skipIf(reason)(`a body of a million chunks of one byte${reason}`, () => {
  it.each([
    ["a route of the service", "POST", "/identities?api-version=2023-10-01", 413],
    // It has a limit of its own, far above a megabyte.
    ["a snapshot", "PUT", "/_emulator/snapshot", 400],
  ])("to %s takes little memory", async (_, method, path, status) => {
    const command = startCommand();
    onTestFinished(async () => void (await command.kill()));
    const { url } = await command.ready();
    const { pid = 0 } = command.process;
    expect(await isHealthy(url)).toBe(true);
    resetPeak(pid);
    const idle = peakOf(pid);
    expect(idle).toBeGreaterThan(0);
    expect(await sendChunks(url, method, path)).toEqual([status]);
    expect(peakOf(pid) - idle).toBeLessThan(mostMebibytes);
  });
});
