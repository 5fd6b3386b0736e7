// The server of the loopback measurements, in a separate process. It sends its port to the parent.
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { headers, responses } from "./values.js";

const [status, body] = responses.getToken;
const [, , cert, key] = process.argv;
const server = cert && key ? createTlsServer({ cert, key }) : createServer();
server.on("request", (request, response) => {
  const head = { ...headers, "content-length": body.length };
  request.resume().once("end", () => response.writeHead(status, head).end(body));
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.once("disconnect", () => process.exit());
