// The other side of the loopback measurements, in a process of its own: reads requests as far as it must and answers
// with bytes made before. Its port goes to the parent.
import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { answers, type CannedAnswer } from "./values.js";

const reply = bytesOf(answers.getToken);
const [, , cert, key] = process.argv;
const server = cert && key ? createTlsServer({ cert, key }, serve) : createServer(serve);

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.(typeof address === "object" ? address?.port : 0);
});
process.on("disconnect", () => process.exit(0));

function serve(socket: Socket): void {
  let text = "";
  socket.setNoDelay(true);
  socket.on("error", () => undefined);
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    for (let end = endOfRequest(text); end > 0; end = endOfRequest(text)) {
      text = text.slice(end);
      socket.write(reply);
    }
  });
}

/** Where the first request ends, 0 when it is not whole. */
function endOfRequest(text: string): number {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return 0;
  const length = Number(/content-length: *(\d+)/i.exec(text.slice(0, head + 2))?.[1] ?? 0);
  const end = head + 4 + length;
  return text.length < end ? 0 : end;
}

function bytesOf({ status, headers, body }: CannedAnswer): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`HTTP/1.1 ${status} OK\r\n${lines.join("")}\r\n${body}`);
}
