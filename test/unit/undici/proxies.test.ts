import { connect, createServer, type Socket } from "node:net";
import { HttpsProxyAgent } from "https-proxy-agent";
import { describe, expect, it } from "vitest";
import { dispatch } from "../../../src/undici/dispatch.js";
import { dispatcherFinder } from "../../../src/undici/dispatchers.js";
import { createUndiciHttpClient } from "../../../src/undici/index.js";
import { expectNoSecret, rejectionOf } from "../../helpers/secrets.js";
import { serve } from "../../helpers/server.js";
import { startProxy } from "../../helpers/transport/proxyServer.js";
import { eventually, startFaultServer } from "../../helpers/transport/servers.js";
import { okBody } from "../transport/answers.js";
import { requestTo } from "./requestTo.js";

/**
 * Starts a proxy that answers each CONNECT with the same bytes or not at all, and may close the connection then. It
 * closes when the test ends.
 */
async function startWrongProxy(
  reply: string,
  closes = false,
): Promise<{ url: string; sockets: Set<Socket>; heard: string[] }> {
  const sockets = new Set<Socket>();
  const heard: string[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => undefined);
    socket.on("data", (chunk) => {
      if (heard.push(chunk.toString("latin1")) && /^CONNECT /.test(heard.at(-1) ?? "") && reply) {
        socket.write(reply);
      }
      if (closes) socket.end();
    });
  });
  const port = await serve(server);
  return { url: `http://127.0.0.1:${port}`, sockets, heard };
}

/** A request through a proxy, as core's proxy policy prepares it. */
function requestVia(proxy: string, target: string, options: Parameters<typeof requestTo>[1] = {}) {
  return Object.assign(requestTo(target, options), { agent: new HttpsProxyAgent(proxy) });
}

const established = "HTTP/1.1 200 OK\r\n\r\n";

describe("the credentials of a proxy", () => {
  it("aren't sent to a proxy whose URL has none", async () => {
    const server = await startFaultServer(okBody);
    const proxy = await startProxy();
    await createUndiciHttpClient().sendRequest(requestVia(`http://127.0.0.1:${proxy.port}`, server.url));
    expect(proxy.targets).toEqual([`127.0.0.1:${server.port}`]);
    expect(proxy.authorizations).toEqual([undefined]);
  });

  it("don't appear in the error when the proxy refuses", async () => {
    const { url } = await startWrongProxy(
      "HTTP/1.1 407 Authenticate\r\nContent-Length: 11\r\n\r\nforged-body",
    );
    const request = requestVia(url.replace("//", "//me:pass-w0rd@"), "http://service.invalid/");
    const error = await rejectionOf(() => createUndiciHttpClient().sendRequest(request));
    expect(error).toMatchObject({ name: "RestError", code: "PROXY_REFUSED" });
    expect(error.message).toContain("407: it requires credentials");
    // The client of this package does the same. The transport leaves what a request brings.
    Reflect.deleteProperty(request, "agent");
    expectNoSecret(error, "pass-w0rd", Buffer.from("me:pass-w0rd").toString("base64"), "forged-body");
  });
});

describe("a proxy", () => {
  it("is disconnected after the time that a connection may take, wherever it stops answering", async () => {
    const proxies = [
      { which: "never answers CONNECT", reply: "", target: "http://service.invalid/" },
      { which: "never answers CONNECT for TLS", reply: "", target: "https://service.invalid/" },
      { which: "never ends its header", reply: "HTTP/1.1 200 OK\r\nx: ", target: "http://service.invalid/" },
      { which: "tunnels to a silent server", reply: established, target: "https://service.invalid/" },
    ];
    const endOf = async ({ which, reply, target }: (typeof proxies)[number]) => {
      const proxy = await startWrongProxy(reply);
      const request = requestVia(proxy.url, target);
      const error = await rejectionOf(() => dispatch(dispatcherFinder(undefined, 60)(request), request));
      expect(error, which).toMatchObject({ name: "RestError", code: "ETIMEDOUT" });
      await eventually(() => proxy.sockets.size === 0, `the connection is closed if it ${which}`);
    };
    // At once, since undici looks at its time limits once a second.
    await Promise.all(proxies.map(endOf));
  });

  it("that closes each connection without an answer counts as a lost connection", async () => {
    const proxy = await startWrongProxy("", true);
    const sent = createUndiciHttpClient().sendRequest(requestVia(proxy.url, "https://service.invalid/"));
    await expect(sent).rejects.toMatchObject({ name: "RestError", code: "ECONNRESET" });
    expect(proxy.heard.length).toBe(1);
  });

  it("that never answers doesn't fail the requests after it", async () => {
    const server = await startFaultServer(okBody);
    const proxy = await startProxy();
    const sockets = new Set<Socket>();
    // The first connection stays silent, later ones reach the proxy.
    const gate = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      if (sockets.size === 1) return void socket.resume();
      const upstream = connect(proxy.port, "127.0.0.1").on("error", () => undefined);
      sockets.add(upstream);
      socket.pipe(upstream).pipe(socket);
    });
    const port = await serve(gate);
    const client = createUndiciHttpClient();
    const proxied = (options = {}) => requestVia(`http://127.0.0.1:${port}`, server.url, options);
    const controller = new AbortController();
    const stuck = client.sendRequest(proxied({ abortSignal: controller.signal }));
    stuck.catch(() => undefined);
    await eventually(() => sockets.size === 1, "the first request connects");
    const waiting = client.sendRequest(proxied());
    controller.abort();
    await expect(stuck).rejects.toMatchObject({ name: "AbortError" });
    expect((await waiting).status).toBe(200);
  });
});
