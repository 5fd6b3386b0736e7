import { expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../../../src/emulator/index.js";
import { exchange, head } from "../rawSocket.js";

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
