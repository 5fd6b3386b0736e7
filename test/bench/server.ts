// The server of the loopback measurements, in a separate process. It sends its port to the parent.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { accessToken, headers } from "./values.js";

const server = createServer((request, response) => {
  const head = { ...headers, "content-length": accessToken.length };
  request.resume().once("end", () => response.writeHead(200, head).end(accessToken));
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.once("disconnect", () => process.exit());
