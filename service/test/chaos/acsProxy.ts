import { once } from "node:events";
import http, { type RequestListener, type RequestOptions } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { LoggedRequest } from "acs-identity/testing";

/** What happens to the response of a creation after ACS has carried it out. */
export type BrokenResponse =
  /** The connection ends after this share of the body, with a reset, or with the regular end of one direction. */
  | { readonly type: "cut" | "halfClose"; readonly atShare: number }
  /** The caller gets another response instead. */
  | { readonly type: "replace"; readonly status: number; readonly body: string }
  /** The bytes aren't HTTP. */
  | { readonly type: "noise" };

export interface AcsProxy {
  readonly url: string;
  /** The `x-ms-client-request-id` of every creation that ACS carried out, by the id of its user. */
  readonly creations: ReadonlyMap<string, string>;
  /** How many requests ACS received, by the user whose tokens they are about. */
  readonly tokenRequests: ReadonlyMap<string, number>;
  /** Adds the creations whose response didn't even reach this proxy, since an emulator ended them when it was closed. */
  learn(requests: readonly LoggedRequest[]): void;
  /** Breaks the response of the next creation that has none of these ahead of it. */
  breakNext(response: BrokenResponse): void;
  /** Lets nothing pass for a while. What has arrived until then is forwarded afterwards, even if nobody waits for it. */
  freeze(forInMs: number): Promise<void>;
  /** Refuses these paths with a 503, or serves them again. */
  refuse(paths: RegExp | undefined): void;
  /** Ends the open connections. ACS carries out what it has received. */
  cut(): void;
  close(): void;
}

/**
 * Forwards requests to an emulator on a port of this machine, over https if `tls` is given.
 * @param tokenLatencyInMs - How long a request for a token waits.
 */
export async function startAcsProxy(
  port: number,
  tls?: { readonly cert: string; readonly key: string },
  tokenLatencyInMs = 0,
): Promise<AcsProxy> {
  const creations = new Map<string, string>();
  const tokenRequests = new Map<string, number>();
  const broken: BrokenResponse[] = [];
  const agent = new (tls ? https : http).Agent({ keepAlive: true });
  let thaw: Promise<void> = Promise.resolve();
  let refused: RegExp | undefined;

  async function ask(options: RequestOptions, body: Buffer) {
    const target = { ...options, host: "127.0.0.1", port, agent };
    const asked = tls ? https.request({ ...target, ca: tls.cert }) : http.request(target);
    asked.end(body);
    const [response] = await once(asked, "response");
    return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
  }

  const answer: RequestListener = async (request, response) => {
    const { method = "", url: path = "", headers } = request;
    try {
      const body = await buffer(request);
      await thaw;
      if (refused?.test(path)) return void response.writeHead(503).end();
      const [, user] = /^\/identities\/([^/:]+(?:%3A|:)[^/]+)\/:issueAccessToken/i.exec(path) ?? [];
      if (user) {
        const id = decodeURIComponent(user);
        tokenRequests.set(id, (tokenRequests.get(id) ?? 0) + 1);
        await sleep(tokenLatencyInMs);
      }
      // The keys that the emulator publishes name the host that was asked for.
      const host = path.includes("/discovery/") ? { host: `127.0.0.1:${port}` } : {};
      const received = await ask({ method, path, headers: { ...headers, ...host } }, body);
      await thaw;
      if (method === "POST" && path.startsWith("/identities?") && received.status === 201) {
        const { identity } = JSON.parse(received.body.toString());
        creations.set(identity.id, String(headers["x-ms-client-request-id"]));
        const next = broken.shift();
        if (next?.type === "replace") {
          const location = next.status < 400 && next.status >= 300 ? { Location: path } : {};
          return void response.writeHead(next.status, location).end(next.body);
        }
        if (next?.type === "noise") return void response.socket?.end("\u0016\u0003nonsense\r\n\r\n");
        if (next) {
          response.writeHead(received.status, received.headers);
          response.write(received.body.subarray(0, Math.floor(received.body.length * next.atShare)));
          await sleep(5);
          return void (next.type === "cut" ? response.socket?.destroy() : response.socket?.end());
        }
      }
      response.writeHead(received.status, received.headers).end(received.body);
    } catch {
      // The caller has closed the connection, or the emulator is restarting.
      response.destroy();
    }
  };
  const server = tls ? https.createServer(tls, answer) : http.createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `${tls ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    creations,
    tokenRequests,
    learn: (requests) => {
      for (const { operation, userId, headers } of requests) {
        if (operation === "createUser" && userId)
          creations.set(userId, String(headers["x-ms-client-request-id"]));
      }
    },
    breakNext: (response) => void broken.push(response),
    freeze: async (forInMs) => {
      thaw = sleep(forInMs);
      await thaw;
    },
    refuse: (paths) => {
      refused = paths;
    },
    cut: () => server.closeAllConnections(),
    close: () => {
      agent.destroy();
      server.close();
      server.closeAllConnections();
    },
  };
}
