import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { openTunnel } from "../../src/cli/doctor/proxy.js";
import { entraCredential, findIdentity } from "../../src/cli/entraCredential.js";

import { startEmulator } from "../../src/emulator/index.js";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Listens on loopback and returns the port. */
async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => onConnection(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

/** Sends a byte now and then for as long as the connection lives. */
function trickle(socket: Socket): void {
  const timer = setInterval(() => socket.write(" "), 50);
  socket.once("close", () => clearInterval(timer));
}

const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";

describe("the emulator that finds its port in use", () => {
  it.each([
    [{}, "Use that one"],
    [{ https: true }, "It speaks http, not https: stop it"],
  ])("is recognized as another emulator, and %j decides what to do about it", async (options, advice) => {
    const { url, close } = await startEmulator();
    onTestFinished(close);
    await expect(startEmulator({ ...options, port: Number(new URL(url).port) })).rejects.toMatchObject({
      code: "EADDRINUSE",
      message: `An emulator is already running on ${url}. ${advice}, or choose another port`,
    });
  });

  it("gives up on a program whose answer never ends", async () => {
    let sent = 0;
    const port = await listen((socket) => {
      socket.write(head);
      const more = () => {
        while (!socket.destroyed && socket.write("a".repeat(65_536))) sent += 65_536;
        socket.once("drain", more);
      };
      more();
    });
    await expect(startEmulator({ port })).rejects.toThrow(`127.0.0.1:${port}. Choose another port or host`);
    // It has left what the sockets' buffers hold unread.
    expect(sent).toBeLessThan(64 * 2 ** 20);
  });

  it("gives up on a program that answers byte by byte", async () => {
    const port = await listen((socket) => {
      socket.write(head);
      trickle(socket);
    });
    await expect(startEmulator({ port })).rejects.toThrow(`127.0.0.1:${port}. Choose another port or host`);
  });
});

it("the doctor gives up on a proxy that answers byte by byte", async () => {
  let isConnected = () => {};
  const connected = new Promise<void>((resolve) => {
    isConnected = resolve;
  });
  const port = await listen((socket) => {
    socket.write("HTTP/1.1 200 OK\r\nX: ");
    trickle(socket);
    isConnected();
  });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const proxy = { url: new URL(`http://127.0.0.1:${port}`), variable: "HTTPS_PROXY" };
  const tunnel = openTunnel(new URL("https://x.example"), proxy);
  const outcome = tunnel.then(
    () => "opened",
    ({ message }: Error) => message,
  );
  await connected;
  vi.advanceTimersByTime(10_000);
  expect(await outcome).toContain("no response within 10 seconds");
});

describe("--endpoint", () => {
  /** Makes a folder in which somebody else has put a module, and an app in it. */
  function plantedFolder(): { readonly outer: string; readonly app: string } {
    const outer = mkdtempSync(join(tmpdir(), "acs-identity-planted-"));
    onTestFinished(() => rmSync(outer, { recursive: true }));
    install(outer);
    const app = join(outer, "app");
    mkdirSync(join(app, "src"), { recursive: true });
    writeFileSync(join(app, "package.json"), "{}");
    return { outer, app };
  }

  function install(folder: string): string {
    const place = join(folder, "node_modules", "@azure", "identity");
    mkdirSync(place, { recursive: true });
    const manifest = join(place, "package.json");
    writeFileSync(manifest, "{}");
    return manifest;
  }

  it("loads @azure/identity from beside this package", async () => {
    expect(await entraCredential("https://x.example")).toHaveProperty("getToken");
  });

  it("takes @azure/identity from beside the nearest package.json, and from no folder above it", () => {
    const { app } = plantedFolder();
    const own = join(app, "node_modules", "acs-identity");
    expect(findIdentity(join("/nowhere", "acs-identity"), join(app, "src"))).toBeUndefined();
    const installed = install(app);
    expect(findIdentity(join("/nowhere", "acs-identity"), join(app, "src"))).toBe(installed);
    // Beside this package is the same folder here.
    expect(findIdentity(own, "/")).toBe(installed);
  });

  it("takes no @azure/identity from above the folder that holds this package", () => {
    const { outer, app } = plantedFolder();
    expect(findIdentity(join(app, "node_modules", "acs-identity"), "/")).toBeUndefined();
    expect(findIdentity(join(outer, "somewhere", "acs-identity"), "/")).toBeUndefined();
  });
});
