import { once } from "node:events";
import { createServer } from "node:http";
import { expect, it, vi } from "vitest";
import { closeServer, listen } from "../../../../src/emulator/server/server.js";

it("a server is closed once its last request has a response, and leaves no timer", async () => {
  const server = createServer((_request, response) => response.end("answered"));
  const port = await listen(server, 0, "127.0.0.1");
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe("answered");
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await closeServer(server);
  expect([server.listening, vi.getTimerCount()]).toEqual([false, 0]);
});

it("a server that closes ends a request that has no response after 2 seconds", async () => {
  const server = createServer(() => {});
  const port = await listen(server, 0, "127.0.0.1");
  const ended = fetch(`http://127.0.0.1:${port}`).catch(() => "ended");
  await once(server, "request");
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const closed = vi.fn();
  const closing = closeServer(server).then(closed);
  vi.advanceTimersByTime(1999);
  await new Promise((resolve) => setImmediate(resolve));
  expect(closed).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  await closing;
  expect(await ended).toBe("ended");
});
