import { connect } from "node:net";

/**
 * Sends bytes on a connection of their own, and gives all that came back before it closed or fell silent.
 *
 * @param options - `silence`: how long a server may say nothing before its answer is taken for complete, in ms.
 */
export function exchange(
  url: string,
  bytes: string | Buffer,
  { end = false, silence = 250 }: { end?: boolean; silence?: number } = {},
): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ""));
    let received = "";
    const done = () => {
      socket.destroy();
      resolve(received);
    };
    socket.setTimeout(silence, done);
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
    });
    socket.on("error", done).on("close", done);
    socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
    if (end) socket.end();
  });
}

/** The head of a request. */
export const head = (line: string, ...headers: string[]): string =>
  `${[line, "Host: 127.0.0.1", ...headers].join("\r\n")}\r\n\r\n`;

/** The status of each answer in what came back. */
export function statusesIn(received: string): number[] {
  return [...received.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
}

/** Whether the emulator still answers. */
export async function isHealthy(url: string): Promise<boolean> {
  const response = await fetch(`${url}/_emulator/health`);
  return response.status === 200 && (await response.text()) === '{"status":"ok"}';
}
