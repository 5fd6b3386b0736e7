import { gzipSync } from "node:zlib";
import type { Reply } from "./faultServer.js";

export type Headers = Readonly<Record<string, string>>;

export interface Answer {
  readonly status?: number;
  /** An empty value removes a default header. */
  readonly headers?: Headers;
  readonly body?: string | Buffer;
}

const json: Headers = { "Content-Type": "application/json; charset=utf-8" };

/** Sends a complete response and keeps the connection open. */
export function answer({ status = 200, headers = {}, body = "" }: Answer): Reply {
  return ({ socket }) => {
    const bytes = Buffer.from(body);
    socket.write(
      Buffer.concat([head(status, { "Content-Length": String(bytes.length), ...headers }), bytes]),
    );
  };
}

export function answerJson(status: number, body: unknown, headers: Headers = {}): Reply {
  return answer({ status, headers: { ...json, ...headers }, body: JSON.stringify(body) });
}

export function head(status: number, headers: Headers = {}): Buffer {
  const lines = Object.entries({ Date: new Date().toUTCString(), ...headers })
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`HTTP/1.1 ${status} Answer\r\n${lines.join("")}\r\n`, "latin1");
}

/** Sends the bytes as they are and keeps the connection open. */
export function raw(bytes: string | Buffer): Reply {
  return ({ socket }) => void socket.write(bytes);
}

/** Sends the bytes as they are and ends the connection. */
export function rawThenEnd(bytes: string | Buffer): Reply {
  return ({ socket }) => void socket.end(bytes);
}

/** Resets the TCP connection instead of answering; under TLS, destroys it without a close_notify. */
export const reset: Reply = ({ socket }) =>
  void ("encrypted" in socket ? socket.destroy() : socket.resetAndDestroy());

/** Reads the request and never answers. */
export const silence: Reply = () => {};

/** Sends the head and the first `sent` bytes of the body, then stalls. */
export function stall(body: string | Buffer, sent: number, headers: Headers = {}): Reply {
  const bytes = Buffer.from(body);
  return raw(
    Buffer.concat([
      head(200, { ...json, "Content-Length": String(bytes.length), ...headers }),
      bytes.subarray(0, sent),
    ]),
  );
}

/** Sends a gzip body but for its last 30 bytes, then stalls. */
export function stallGzip(body: string): Reply {
  const bytes = gzipSync(body);
  return stall(bytes, bytes.length - 30, { "Content-Encoding": "gzip" });
}

/** Sends the head and the first `sent` bytes of the body, then resets the connection. */
export function truncate(status: number, body: string | Buffer, sent: number, headers: Headers = {}): Reply {
  const bytes = Buffer.from(body);
  return (exchange) => {
    const { socket } = exchange;
    const start = head(status, { ...json, "Content-Length": String(bytes.length), ...headers });
    socket.write(Buffer.concat([start, bytes.subarray(0, sent)]));
    exchange.later(30, () => reset(exchange));
  };
}

/** Sends the body one byte at a time, every `interval` milliseconds. */
export function trickle(body: string, interval: number): Reply {
  return (exchange) => {
    const bytes = Buffer.from(body);
    exchange.socket.write(head(200, { ...json, "Content-Length": String(bytes.length) }));
    const send = (index: number): void => {
      exchange.socket.write(bytes.subarray(index, index + 1));
      if (index + 1 < bytes.length) exchange.later(interval, () => send(index + 1));
    };
    send(0);
  };
}

export function afterDelay(milliseconds: number, reply: Reply): Reply {
  return (exchange) => exchange.later(milliseconds, () => reply(exchange));
}

export function gzipped(status: number, body: string, headers: Headers = {}): Reply {
  return answer({
    status,
    headers: { ...json, "Content-Encoding": "gzip", ...headers },
    body: gzipSync(body),
  });
}

/** Sends a body of `total` bytes as fast as the client reads them, with a Content-Length by default. */
export function flood(total: number, headers: Headers = {}): Reply {
  const chunk = Buffer.alloc(64 * 1024, "x");
  return ({ socket }) => {
    let left = total;
    socket.write(head(200, { ...json, "Content-Length": String(total), ...headers }));
    const send = (): void => {
      while (left > 0 && !socket.destroyed) {
        const size = Math.min(left, chunk.length);
        left -= size;
        if (!socket.write(chunk.subarray(0, size))) {
          socket.once("drain", send);
          return;
        }
      }
      if (headers["Content-Length"] === "") socket.end();
    };
    send();
  };
}

/** Adds header lines to a reply whose first write starts with the head, as a proxy would. */
export function withHeaders(reply: Reply, headers: string): Reply {
  return (exchange) => {
    const { socket } = exchange;
    const write = socket.write.bind(socket);
    socket.write = (bytes: Uint8Array | string): boolean => {
      socket.write = write;
      return write(
        Buffer.from(Buffer.from(bytes).toString("latin1").replace("\r\n", `\r\n${headers}`), "latin1"),
      );
    };
    reply(exchange);
  };
}
