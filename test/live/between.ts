import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request as httpsRequest, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Certificates } from "../helpers/certificates.js";

/** A request or a response that passes. */
export interface PassingRequest {
  readonly method: string;
  readonly path: string;
  readonly text: string;
  readonly authorization: string | undefined;
}

export interface PassingResponse {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** What the server does with requests and responses: nothing, unless it is set. */
export interface Between {
  readonly url: string;
  /** Changes a response. Returns false to cut the connection instead. */
  alter: (request: PassingRequest, response: PassingResponse) => boolean;
  /** Called before a request is passed on, and before its response is; a promise holds it back. */
  onPass: (request: PassingRequest, moment: "before" | "after") => Promise<void> | void;
  /** How many requests are on their way. */
  readonly open: number;
  close(): Promise<void>;
}

/** Starts an HTTPS server that passes requests to another one, byte for byte, with their `Host`. */
export async function startBetween(target: string, certificates: Certificates): Promise<Between> {
  let open = 0;
  const server: Server = createServer(certificates, (incoming, outgoing) => {
    open++;
    pass(incoming, outgoing)
      .catch(() => incoming.socket.destroy())
      .finally(() => {
        open--;
      });
  });

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const passing = {
      method: incoming.method ?? "",
      path: incoming.url ?? "",
      text: body.toString(),
      authorization: incoming.headers.authorization,
    };
    await between.onPass(passing, "before");
    const onward = httpsRequest(`${target}${incoming.url}`, {
      method: incoming.method,
      headers: incoming.headers,
      ca: certificates.ca,
    });
    onward.end(body);
    const [answer] = await once(onward, "response");
    const response: PassingResponse = {
      status: answer.statusCode,
      headers: answer.headers,
      text: (await buffer(answer)).toString(),
    };
    await between.onPass(passing, "after");
    if (!between.alter(passing, response)) {
      incoming.socket.destroy();
      return;
    }
    delete response.headers["transfer-encoding"];
    delete response.headers["content-length"];
    outgoing.sendDate = false;
    outgoing.writeHead(response.status, response.headers).end(response.text);
  }
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const between: Between = {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    alter: () => true,
    onPass: () => {},
    get open() {
      return open;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return between;
}
