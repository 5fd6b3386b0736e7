// A tunneling proxy, and helpers that point clients to it.
import net from "node:net";
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

/** Runs a function with environment variables set, and restores them afterwards. */
export function withEnvironment<Result>(
  variables: Readonly<Record<string, string>>,
  run: () => Result,
): Result {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return run();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
