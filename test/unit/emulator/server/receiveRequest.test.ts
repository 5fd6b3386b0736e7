import { expect, it, onTestFinished } from "vitest";
import { type LogEntry, startEmulator } from "../../../../src/emulator/index.js";
import { exchange, head } from "../../../helpers/emulator/rawSocket.js";

it.each(["/", "/_emulator/health", "/.well-known/jwks.json"])(
  "a request may have an absolute target, as proxies send: http://127.0.0.1%s",
  async (path) => {
    const emulator = await startEmulator();
    onTestFinished(() => emulator.close());
    const answer = await exchange(
      emulator.url,
      head(`GET http://127.0.0.1${path} HTTP/1.1`, "Connection: close"),
      { end: false },
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  },
);

it("a request whose client is gone before the end of its body fails, and the log says so", async () => {
  const log: LogEntry[] = [];
  const { url, close } = await startEmulator({ onLog: (entry) => log.push(entry) });
  onTestFinished(close);
  await exchange(url, head("POST /identities HTTP/1.1", "Content-Length: 100"));
  await expect
    .poll(() => log)
    .toEqual([
      { level: "debug", message: "A request failed: ConnectionLostError: The client closed the connection" },
    ]);
});
