import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { it, type TestContext } from "vitest";
import { bundleProgram } from "../../helpers/bundleProgram.js";

const program = await bundleProgram("test/load/trust/processEnd/call.ts");

/** Starts a server that accepts connections and repeats the same text on them, or stays silent. */
async function startPort(
  said: string,
  onTestFinished: TestContext["onTestFinished"],
): Promise<{ port: number; open: () => number; connections: () => number }> {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections++;
    const timer = setInterval(() => said && socket.write(said), 5);
    sockets.add(socket.resume());
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearInterval(timer);
      sockets.delete(socket);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    open: () => sockets.size,
    connections: () => connections,
  };
}

/**
 * Runs the program. Returns how its call ended, and its exit code or "runs on" if it hasn't ended a minute later: undici gives up
 * on a connection that it is opening after 10 s.
 */
async function endOf(
  task: object,
  onTestFinished: TestContext["onTestFinished"],
): Promise<[outcome: string, end: unknown]> {
  const child = spawn(process.execPath, [program, JSON.stringify(task)]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const exited = once(child, "exit");
  const [outcome] = await once(createInterface(child.stdout), "line");
  const [end] = await Promise.race([
    exited,
    new Promise<[string]>((resolve) => setTimeout(resolve, 60_000, ["runs on"])),
  ]);
  return [outcome, end];
}

const blockers = [
  { what: "a server that never answers", said: "", byProxy: false },
  { what: "a proxy that never answers", said: "", byProxy: true },
  { what: "a proxy that sends endless header bytes", said: "HTTP/1.1 200 OK\r\nX: ", byProxy: true },
];

it("a proxy that answers CONNECT with a page gets one request of a call over undici", async (context) => {
  const page = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
  const { port, open, connections } = await startPort(page, context.onTestFinished);
  const options = { allowInsecureConnection: true, proxyOptions: { host: "http://127.0.0.1", port } };
  const task = { endpoint: "http://service.invalid", options, overUndici: true };
  const [, end] = await endOf(task, context.onTestFinished);
  context.expect(end).toBe(0);
  context.expect(connections()).toBeLessThan(2);
  await context.expect.poll(open).toBe(0);
});

// At once, since they wait for undici.
it.concurrent.for([false, true].flatMap((overUndici) => blockers.map((each) => ({ ...each, overUndici }))))(
  "a process ends by itself after a call blocked by $what (over undici: $overUndici)",
  async ({ said, byProxy, overUndici }, { expect, onTestFinished }) => {
    const { port, open } = await startPort(said, onTestFinished);
    const task = byProxy
      ? { endpoint: "https://service.invalid", options: { proxyOptions: { host: "http://127.0.0.1", port } } }
      : { endpoint: `http://127.0.0.1:${port}`, options: {} };
    expect(await endOf({ ...task, overUndici }, onTestFinished)).toEqual(["TimeoutError", 0]);
    await expect.poll(open).toBe(0);
  },
);
