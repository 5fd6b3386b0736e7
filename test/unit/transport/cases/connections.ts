import { proxyPolicy } from "@azure/core-rest-pipeline";
import { expect, it } from "vitest";
import { startProxy } from "../../../helpers/transport/proxyServer.js";
import { eventually, nextTurn, startFaultServer } from "../../../helpers/transport/servers.js";
import { okBody } from "../answers.js";
import type { Lab } from "../contract.js";

/** Reusing and closing connections, and connecting through a proxy. */
export function connectionCases({ client, makeRequest, send, except }: Lab): void {
  it("reuses a connection for the next request", async () => {
    const server = await startFaultServer(okBody);
    for (let index = 0; index < 5; index++) {
      await send({ url: server.url });
      await nextTurn();
    }
    expect(server.connections).toBe(1);
  });

  it("opens a connection for each concurrent request, and reuses them", async () => {
    const server = await startFaultServer(({ later, ...exchange }) =>
      later(20, () => okBody({ later, ...exchange })),
    );
    const burst = () => Promise.all(Array.from({ length: 8 }, () => send({ url: server.url })));
    await burst();
    await nextTurn();
    await burst();
    expect(server.requests.length).toBe(16);
    expect(server.connections).toBe(8);
  });

  except({ "node:http": ["its global agent keeps connections alive since Node 19", /expected 1 to be 2/] })(
    "closes the connection after each request with disableKeepAlive",
    async () => {
      const server = await startFaultServer(okBody);
      const settings = { disableKeepAlive: true };
      await send({ url: server.url, settings });
      await send({ url: server.url, settings });
      expect(server.connections).toBe(2);
      expect(server.requests.map(({ headers }) => headers.get("connection"))).toEqual(["close", "close"]);
      await eventually(() => server.openSockets === 0, "every connection is closed");
    },
  );

  it("opens a new connection after the server has closed one", async () => {
    const server = await startFaultServer((exchange) => {
      okBody(exchange);
      exchange.socket.end();
    });
    await send({ url: server.url });
    await eventually(() => server.openSockets === 0, "the connection is closed");
    await new Promise((resolve) => setTimeout(resolve, 20));
    await send({ url: server.url });
    expect(server.connections).toBe(2);
  });

  it("reaches an IPv6 address", async () => {
    const server = await startFaultServer(okBody, { host: "::1" });
    const settings = { requestOverrides: { hostname: "::1" } };
    expect((await send({ url: server.url, settings })).status).toBe(200);
    expect(server.requests[0]?.headers.get("host")).toBe(`[::1]:${server.port}`);
  });

  it("uses the proxy that core's policy sets, with its user name and password", async () => {
    const server = await startFaultServer(okBody);
    const proxy = await startProxy();
    const settings = { host: "http://127.0.0.1", port: proxy.port, username: "me", password: "a:ü" };
    const { request } = makeRequest({ url: `${server.url}/a?b`, method: "POST", body: "x" });
    const response = await proxyPolicy(settings, { customNoProxyList: [] }).sendRequest(request, (sent) =>
      client.sendRequest(sent),
    );
    expect(response.status).toBe(200);
    expect(server.requests).toMatchObject([{ method: "POST", target: "/a?b" }]);
    expect(proxy.targets.length).toBe(1);
    const credentials = Buffer.from("me:a:ü").toString("base64");
    expect(proxy.authorizations).toEqual([`Basic ${credentials}`]);
  });
}
