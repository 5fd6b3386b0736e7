import { createSecureServer, type Http2ServerRequest } from "node:http2";
import { createPipelineFromOptions, proxyPolicy, RestError } from "@azure/core-rest-pipeline";
import { Agent, MockAgent } from "undici";
import { describe, expect, it, vi } from "vitest";
import { createUndiciHttpClient } from "../../../src/undici/index.js";
import { raw } from "../../faults/servers/replies.js";
import { makeCertificates } from "../../helpers/certificates.js";
import { serve, startServer } from "../../helpers/server.js";
import { startProxy } from "../../helpers/transport/proxyServer.js";
import { eventually, startFaultServer, startRawServer } from "../../helpers/transport/servers.js";
import { answer, okBody, okText } from "../transport/answers.js";
import { requestTo } from "./requestTo.js";

const certificates = makeCertificates();

describe("a custom dispatcher", () => {
  it("can be a MockAgent, which needs no network", async () => {
    const dispatcher = new MockAgent();
    dispatcher.disableNetConnect();
    dispatcher
      .get("https://my-resource.communication.azure.com")
      .intercept({ path: "/identities?api-version=1", method: "POST", body: "{}" })
      .reply(201, okText, { headers: { "content-type": "application/json" } });
    const client = createUndiciHttpClient({ dispatcher });
    const request = requestTo("https://my-resource.communication.azure.com/identities?api-version=1", {
      method: "POST",
      body: "{}",
    });
    expect(await client.sendRequest(request)).toMatchObject({ status: 201, bodyAsText: okText });
    dispatcher.assertNoPendingInterceptors();
  });

  it("sends every request, whatever its TLS settings", async () => {
    const server = await startFaultServer(okBody, { tls: certificates });
    const dispatcher = new Agent({ connect: { ca: certificates.ca } });
    const client = createUndiciHttpClient({ dispatcher });
    const tlsSettings = { ca: "nonsense" };
    expect((await client.sendRequest(requestTo(server.url, { tlsSettings }))).status).toBe(200);
    await dispatcher.close();
  });

  it("sends every request, even if a proxy policy sets a proxy", async () => {
    const server = await startFaultServer(okBody);
    const proxy = await startProxy();
    const limits: unknown[] = [];
    const dispatcher = new Agent().compose((dispatch) => (options, handler) => {
      limits.push(options.headersTimeout, options.bodyTimeout);
      return dispatch(options, handler);
    });
    const client = createUndiciHttpClient({ dispatcher });
    const policy = proxyPolicy({ host: "http://127.0.0.1", port: proxy.port });
    const response = await policy.sendRequest(requestTo(server.url), (request) => {
      expect(request.agent).toBeDefined();
      return client.sendRequest(request);
    });
    expect(response.status).toBe(200);
    expect(proxy.targets).toEqual([]);
    expect(limits, "only the request's own").toEqual([0, 0]);
  });

  it("has no influence on maxResponseBodyInBytes", async () => {
    const server = await startFaultServer(answer({ body: "x".repeat(101) }));
    const client = createUndiciHttpClient({ dispatcher: new Agent(), maxResponseBodyInBytes: 100 });
    await expect(client.sendRequest(requestTo(server.url))).rejects.toMatchObject({
      name: "RestError",
      code: "RESPONSE_TOO_LARGE",
    });
  });
});

describe("a node:http agent on a request", () => {
  it("is rejected, because undici would silently ignore it", async () => {
    const { Agent: NodeAgent } = await import("node:http");
    for (const options of [{}, { dispatcher: new Agent() }]) {
      const client = createUndiciHttpClient(options);
      const sent = client.sendRequest(requestTo("http://127.0.0.1:1/", { agent: new NodeAgent() }));
      await expect(sent).rejects.toMatchObject({
        name: "TypeError",
        message: expect.stringContaining("Pass a dispatcher"),
      });
    }
  });
});

describe("a dispatcher whose connections are all in use", () => {
  it("never sends a request that is aborted while waiting", async () => {
    const server = await startFaultServer((exchange) => exchange.later(20, () => okBody(exchange)));
    const client = createUndiciHttpClient({ dispatcher: new Agent({ connections: 1 }) });
    const first = client.sendRequest(requestTo(server.url));
    const controller = new AbortController();
    const waiting = client.sendRequest(requestTo(server.url, { abortSignal: controller.signal }));
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    await first;
    expect((await client.sendRequest(requestTo(server.url))).status).toBe(200);
    expect(server.requests.length).toBe(2);
  });
});

describe("a TLS handshake that takes too long", () => {
  it("rejects with the same code as node:http", async () => {
    const port = await startRawServer(() => undefined);
    const client = createUndiciHttpClient({ dispatcher: new Agent({ connect: { timeout: 100 } }) });
    await expect(client.sendRequest(requestTo(`https://127.0.0.1:${port}/`))).rejects.toMatchObject({
      name: "RestError",
      code: "ETIMEDOUT",
    });
  });
});

describe("a dispatcher with allowH2", () => {
  async function startBoth(): Promise<{ url: string; versions: string[] }> {
    const versions: string[] = [];
    const { key, cert } = certificates;
    const server = createSecureServer(
      { key, cert, allowHTTP1: true },
      (request: Http2ServerRequest, response) => {
        versions.push(request.httpVersion);
        response.writeHead(200, { "content-type": "application/json" }).end(okText);
      },
    );
    return { url: `https://127.0.0.1:${await serve(server)}/a`, versions };
  }

  it.each([
    { allowH2: true, version: "2.0" },
    { allowH2: false, version: "1.1" },
  ])("set to $allowH2 uses HTTP/$version", async ({ allowH2, version }) => {
    const { url, versions } = await startBoth();
    const client = createUndiciHttpClient({
      dispatcher: new Agent({ allowH2, connect: { ca: certificates.ca } }),
    });
    const request = requestTo(url, { method: "POST", body: "{}" });
    expect(await client.sendRequest(request)).toMatchObject({ status: 200, bodyAsText: okText });
    expect(versions).toEqual([version]);
  });

  it("is needed for HTTP/2: by default it's HTTP/1.1, with and without a proxy", async () => {
    const { url, versions } = await startBoth();
    const client = createUndiciHttpClient();
    const tlsSettings = { ca: certificates.ca };
    await client.sendRequest(requestTo(url, { tlsSettings }));
    const proxy = await startProxy();
    const policy = proxyPolicy({ host: "http://127.0.0.1", port: proxy.port }, { customNoProxyList: [] });
    await policy.sendRequest(requestTo(url, { tlsSettings }), (request) => client.sendRequest(request));
    expect(proxy.targets.length).toBe(1);
    expect(versions).toEqual(["1.1", "1.1"]);
  });
});

describe("targets", () => {
  it("of another origin that starts the same aren't sent to the first", async () => {
    const server = await startServer(() => ({ status: 204 }));
    const client = createUndiciHttpClient();
    await client.sendRequest(requestTo(`${server.origin}/a`));
    await expect(client.sendRequest(requestTo(`${server.origin}0/a`))).rejects.toThrow();
    await expect(client.sendRequest(requestTo(`${server.origin}@127.0.0.1:1/a`))).rejects.toThrow();
    expect(server.requests.length).toBe(1);
  });
});

it("a request whose signal has aborted before rejects without a call of its functions", async () => {
  const body = vi.fn();
  const settings = { method: "POST", body, abortSignal: AbortSignal.abort() } as const;
  const sent = createUndiciHttpClient().sendRequest(requestTo("http://127.0.0.1:1/", settings));
  await expect(sent).rejects.toMatchObject({ name: "AbortError" });
  expect(body).not.toHaveBeenCalled();
});

describe("the status 101", () => {
  it.each([
    ["alone", ""],
    ["with Upgrade", "Connection: Upgrade\r\nUpgrade: websocket\r\n"],
    ["with a body", "Content-Length: 2\r\n"],
  ])("%s ends the call at once with an error that isn't retried", async (_, headers) => {
    const server = await startFaultServer(raw(`HTTP/1.1 101 Switching Protocols\r\n${headers}\r\n{}`));
    const pipeline = createPipelineFromOptions({ retryOptions: { retryDelayInMs: 1 } });
    const sent = pipeline.sendRequest(createUndiciHttpClient(), requestTo(server.url, { timeout: 0 }));
    await expect(sent).rejects.toMatchObject({
      name: "RestError",
      message: "The server switched to another protocol (101), which the request didn't ask for.",
      code: RestError.REQUEST_SEND_ERROR,
      statusCode: 101,
    });
    expect(server.requests.length).toBe(1);
    await eventually(() => server.openSockets === 0, "the connection is closed");
  });
});
