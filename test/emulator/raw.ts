import { connect } from "node:net";

/** Sends bytes and returns what came back before the connection closed or fell silent. */
export function raw(
  url: string,
  bytes: string | Buffer,
  { end = false, silence = 400 }: { end?: boolean; silence?: number } = {},
): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    let received = "";
    const done = () => {
      socket.destroy();
      resolve(received);
    };
    socket.setTimeout(silence, done);
    socket.on("data", (chunk) => {
      received += chunk;
    });
    socket.on("error", done).on("close", done);
    socket.write(bytes);
    if (end) socket.end();
  });
}

/** The head of a request. */
export const head = (line: string, ...headers: string[]): string =>
  `${[line, "Host: 127.0.0.1", ...headers].join("\r\n")}\r\n\r\n`;
