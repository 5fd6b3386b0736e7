// A tunneling proxy, and helpers that point clients to it.
import net from "node:net";
import { vi } from "vitest";
import type { FaultServer, Reply } from "./faultServer.js";

/** Answers CONNECT with 200 and tunnels to a port of this machine, whatever host was requested. */
export function tunnelTo(port: number): Reply {
  return ({ socket }) => {
    const upstream = net.connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
    upstream.on("close", () => socket.destroy());
    socket.on("close", () => upstream.destroy());
  };
}

/** @param credentials - The credentials as written in a URL, such as `me:secret`. */
export function proxyUrl({ port }: FaultServer, credentials?: string): string {
  return `http://${credentials ? `${credentials}@` : ""}127.0.0.1:${port}`;
}

/** Runs a function with an environment variable set. */
export function withVariable<Result>(name: string, value: string, run: () => Result): Result {
  vi.stubEnv(name, value);
  try {
    return run();
  } finally {
    vi.unstubAllEnvs();
  }
}
