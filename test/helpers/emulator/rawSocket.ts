import { connect } from "node:net";

/**
 * Sends bytes on a new connection and returns all that came back until the connection was closed.
 *
 * @param options - `end`: whether to close the sending half after the bytes; true by default. Without it, the emulator
 *   has to close the connection. `timeoutInMs`: how long to wait for more; forever by default.
 */
export function exchange(
  url: string,
  bytes: string | Buffer,
  { end = true, timeoutInMs = 0 }: { readonly end?: boolean; readonly timeoutInMs?: number } = {},
): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ""));
    let received = "";
    const done = () => {
      socket.destroy();
      resolve(received);
    };
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
    });
    socket.setTimeout(timeoutInMs, done).on("error", done).on("close", done);
    socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
    if (end) socket.end();
  });
}

/** Returns the head of a request. */
export const head = (line: string, ...headers: string[]): string =>
  `${[line, "Host: 127.0.0.1", ...headers].join("\r\n")}\r\n\r\n`;

/** Returns the status of each answer in the received text. */
export function statusesIn(received: string): number[] {
  return [...received.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
}

/** Returns whether the emulator still answers. */
export async function isHealthy(url: string): Promise<boolean> {
  const response = await fetch(`${url}/_emulator/health`);
  return response.status === 200 && (await response.text()) === '{"status":"ok"}';
}
