import { EventEmitter, once } from "node:events";
import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import {
  type Agent,
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineRequest,
  type ProxySettings,
} from "@azure/core-rest-pipeline";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { proxyVariable, sharedProxyPolicy } from "../../../src/pipeline/proxyPolicy.js";
import { makeCertificates } from "../../helpers/certificates.js";
import { expectNoSecret, thrownBy } from "../../helpers/secrets.js";
import { serve } from "../../helpers/server.js";
import { startProxy } from "../../helpers/transport/proxyServer.js";
import { eventually } from "../../helpers/transport/servers.js";

const variables = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"];

beforeEach(() => {
  for (const name of [...variables, "NO_PROXY", "no_proxy"]) vi.stubEnv(name, undefined);
});

/** Returns the URL of the proxy that a request to the service would go through. */
async function proxyOf(proxyOptions?: ProxySettings): Promise<string | undefined> {
  let agent: (Agent & { readonly proxy?: URL }) | undefined;
  const request = createPipelineRequest({ url: "https://service.example/" });
  await sharedProxyPolicy(proxyOptions ? { proxyOptions } : {})?.sendRequest(request, async (sent) => {
    agent = sent.agent;
    return { request: sent, status: 200, headers: createHttpHeaders() };
  });
  return agent?.proxy?.href;
}

/** On Windows, names of variables have no case. */
const isWindows = process.platform === "win32";

describe("the environment", () => {
  it.each(variables)("names the proxy by %s, unless one before it does", async (name) => {
    for (const each of variables.slice(variables.indexOf(name)))
      vi.stubEnv(each, "http://proxy.example:3128");
    expect(isWindows ? proxyVariable()?.toLowerCase() : proxyVariable()).toBe(
      isWindows ? name.toLowerCase() : name,
    );
    expect(await proxyOf()).toBe("http://proxy.example:3128/");
  });

  it("names no proxy by an empty variable", async () => {
    vi.stubEnv("HTTPS_PROXY", "");
    expect(proxyVariable()).toBeUndefined();
    expect(await proxyOf()).toBeUndefined();
  });

  it.each([
    ["http://proxy.example", "http://proxy.example/"],
    ["https://proxy.example", "https://proxy.example/"],
    ["http://proxy.example:443", "http://proxy.example:443/"],
    ["https://proxy.example:80", "https://proxy.example:80/"],
    ["http://a%2Fb:c%25d@proxy.example:3128", "http://a%2Fb:c%25d@proxy.example:3128/"],
  ])("may name a proxy as %s", async (given, url) => {
    vi.stubEnv("HTTPS_PROXY", given);
    expect(await proxyOf()).toBe(url);
  });

  it.each([
    ["shttp://[", "it doesn't begin with http:// or https://"],
    [" https://[", "its host or port can't be read"],
  ])("is refused if HTTPS_PROXY is %j: %s", (given, reason) => {
    vi.stubEnv("HTTPS_PROXY", given);
    expect(() => sharedProxyPolicy({})).toThrow(`HTTPS_PROXY can't be used: ${reason}.`);
  });
});

describe("proxyOptions", () => {
  it.each([
    [{ host: "http://proxy.example", port: 1 }, "http://proxy.example:1/"],
    [{ host: "https://proxy.example", port: 65_535 }, "https://proxy.example:65535/"],
    [
      { host: "http://proxy.example", port: 8080, username: "a/b", password: "c%40d" },
      "http://a%2Fb:c%2540d@proxy.example:8080/",
    ],
  ])("with %j name the proxy %s", async (given, url) => {
    expect(await proxyOf(given)).toBe(url);
  });

  it.each([
    [{ port: 8080 } as ProxySettings, "it doesn't begin with http:// or https://"],
    [{ host: "proxy.example", port: 8080 }, "it doesn't begin with http:// or https://"],
    [{ host: "http://proxy.example", port: 0 }, "its host or port can't be read"],
    [{ host: "http://proxy.example", port: 65_536 }, "its host or port can't be read"],
    [{ host: "http://proxy.example", port: 80.5 }, "its host or port can't be read"],
    [{ host: "http://[", port: 8080 }, "its host or port can't be read"],
    [{ host: "http://me:hunter2@proxy host", port: 8080 }, "its host or port can't be read"],
  ])("with %j are refused: %s", (proxyOptions, reason) => {
    const error = thrownBy(() => sharedProxyPolicy({ proxyOptions }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({
      code: "INVALID_PROXY",
      message: `proxyOptions can't be used: ${reason}. Write { host: "http://<host>", port: <number> }.`,
    });
    expectNoSecret(error, "hunter2");
  });
});

describe("the policy of a proxy", () => {
  const host = "http://shared.example";
  const one = { host, port: 1, username: "me", password: "one" };

  it("is shared by clients with the same proxy and the same TLS settings", () => {
    const tlsOptions = { ca: "a" };
    const policy = sharedProxyPolicy({ proxyOptions: one });
    expect(sharedProxyPolicy({ proxyOptions: { ...one } })).toBe(policy);
    const forTls = sharedProxyPolicy({ proxyOptions: one, tlsOptions });
    expect(forTls).not.toBe(policy);
    expect(sharedProxyPolicy({ proxyOptions: one, tlsOptions })).toBe(forTls);
    expect(sharedProxyPolicy({ proxyOptions: one, tlsOptions: { ca: "a" } })).not.toBe(forTls);
    expect(sharedProxyPolicy({ proxyOptions: { ...one, host: "http://other.example" } })).not.toBe(policy);
    expect(sharedProxyPolicy({ proxyOptions: { ...one, port: 2 } })).not.toBe(policy);
    expect(sharedProxyPolicy({ proxyOptions: one })).toBe(policy);
  });

  it.each([{ password: "two" }, { username: "you" }])(
    "is replaced by that of a client with other credentials for the same proxy: %j",
    (change) => {
      const policy = sharedProxyPolicy({ proxyOptions: one });
      const next = sharedProxyPolicy({ proxyOptions: { ...one, ...change } });
      expect(next).not.toBe(policy);
      expect(sharedProxyPolicy({ proxyOptions: { ...one, ...change } })).toBe(next);
      expect(sharedProxyPolicy({ proxyOptions: one })).not.toBe(policy);
    },
  );

  it("is shared by clients without a proxy", () => {
    expect(sharedProxyPolicy({})).toBe(sharedProxyPolicy({}));
  });
});

describe("a proxy that doesn't respond", () => {
  it.each(["http", "https"])("is disconnected from when the attempt ends: %s", async (scheme) => {
    const sockets = new Set<Socket>();
    const proxy = createServer((socket) => {
      sockets.add(socket.resume());
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    });
    const port = await serve(proxy);
    const policy = sharedProxyPolicy({ proxyOptions: { host: "http://127.0.0.1", port } }) ?? expect.fail();
    const controller = new AbortController();
    const request = createPipelineRequest({
      url: `${scheme}://service.invalid/`,
      allowInsecureConnection: true,
      abortSignal: controller.signal,
    });
    const httpClient = createDefaultHttpClient();
    const sent = policy.sendRequest(request, (each) => httpClient.sendRequest(each));
    sent.catch(() => undefined);
    await eventually(() => sockets.size === 1, "the proxy has a connection");
    controller.abort();
    await expect(sent).rejects.toThrow();
    await eventually(() => sockets.size === 0, "the connection is closed");
  });

  it("isn't connected to for an attempt that has ended", async () => {
    let connections = 0;
    const proxy = createServer((socket) => {
      connections++;
      socket.on("error", () => undefined).resume();
    });
    const port = await serve(proxy);
    const policy = sharedProxyPolicy({ proxyOptions: { host: "http://127.0.0.1", port } }) ?? expect.fail();
    const request = createPipelineRequest({
      url: "https://service.invalid/",
      abortSignal: AbortSignal.abort(),
    });
    // A transport that doesn't look at the signal.
    const sent = policy.sendRequest(request, ({ agent, requestOverrides = {} }) => {
      const options = { host: "service.invalid", port: 443, ...requestOverrides };
      return (agent as unknown as { connect(request: object, options: object): Promise<never> }).connect(
        {},
        options,
      );
    });
    await expect(sent).rejects.toMatchObject({ name: "AbortError" });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(connections).toBe(0);
  });
});

it("an open tunnel stays when the signal of the attempt that opened it is aborted", async () => {
  const { key, cert, ca } = makeCertificates();
  const server = createTlsServer({ key, cert }, (socket) => socket.pipe(socket));
  const port = await serve(server);
  const proxy = await startProxy();
  const proxyOptions = { host: "http://127.0.0.1", port: proxy.port };
  const policy = sharedProxyPolicy({ proxyOptions, tlsOptions: { ca } }) ?? expect.fail();
  const controller = new AbortController();
  const request = createPipelineRequest({ url: `https://127.0.0.1:${port}`, abortSignal: controller.signal });
  let opening: Promise<Socket> | undefined;
  await policy.sendRequest(request, async (sent) => {
    const agent = sent.agent as unknown as { connect(request: object, options: object): Promise<Socket> };
    const target = { host: "127.0.0.1", port, secureEndpoint: true };
    opening = agent.connect(new EventEmitter(), { ...target, ...sent.requestOverrides });
    return { request: sent, status: 200, headers: createHttpHeaders() };
  });
  const socket = (await opening) ?? expect.fail();
  onTestFinished(() => void socket.destroy());
  await once(socket, "secureConnect");
  controller.abort();
  await new Promise(setImmediate);
  expect(socket.destroyed).toBe(false);
  socket.write("still open");
  expect(String(...(await once(socket, "data")))).toBe("still open");
});
