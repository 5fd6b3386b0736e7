import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished, vi } from "vitest";
import { startEmulator } from "../../../../src/emulator/index.js";
import { closeServer, listen } from "../../../../src/emulator/server/server.js";
import { createTlsServer } from "../../../../src/emulator/server/tlsServer.js";
import { makeCertificates } from "../../../helpers/certificates.js";
import { slowUnitTimeLimit } from "../../../helpers/timeLimit.js";

const { cert, key } = makeCertificates();

it("a connection that closes before its handshake is forgotten at once", {
  timeout: slowUnitTimeLimit,
}, async () => {
  const { url, close } = await startEmulator({ tls: { cert, key } });
  onTestFinished(close);
  const connections = () =>
    process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
  const before = connections();
  for (let count = 0; count < 20; count++) {
    await new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(url).port), "127.0.0.1", () => {
        socket.destroy();
        resolve();
      });
    });
  }
  await expect.poll(connections).toBeLessThanOrEqual(before + 2);
});

it("closing doesn't wait for connections that never started a handshake", async () => {
  const secure = await startEmulator({ tls: { cert, key } });
  const socket = connect(Number(new URL(secure.url).port), "127.0.0.1");
  await once(socket, "connect");
  // A port scanner disconnects like this. The server notices before it is closed.
  socket.destroy();
  const other = connect(Number(new URL(secure.url).port), "127.0.0.1");
  onTestFinished(() => void other.destroy());
  await once(other, "connect");
  await new Promise((resolve) => setTimeout(resolve, 50));
  // Timers stand still, so that no connection is ended after a grace period.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await secure.close();
});

it("closing lets a request over https have its response", async () => {
  const server = await createTlsServer({}, { cert, key }, (_request, response) => {
    void closeServer(server);
    setImmediate(() => response.end("answered"));
  });
  const port = await listen(server, 0, "127.0.0.1");
  const [response] = await once(get({ port, host: "127.0.0.1", rejectUnauthorized: false }), "response");
  expect(await text(response as IncomingMessage)).toBe("answered");
});
