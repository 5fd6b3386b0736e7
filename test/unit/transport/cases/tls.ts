import { proxyPolicy } from "@azure/core-rest-pipeline";
import { expect, it } from "vitest";
import { makeAuthority } from "../../../helpers/certificates.js";
import { startProxy } from "../../../helpers/transport/proxyServer.js";
import { nextTurn, startFaultServer, startRawServer } from "../../../helpers/transport/servers.js";
import { okBody, okText } from "../answers.js";
import type { Lab } from "../contract.js";

const authority = makeAuthority();
const other = authority.issue("other", { names: ["other.example"] });

/** TLS, and the TLS settings of a request. */
export function tlsCases({ client, makeRequest, send, certificates, except }: Lab): void {
  it("trusts an authority in tlsSettings, and reuses the connection for the same settings", async () => {
    const server = await startFaultServer(okBody, { tls: certificates });
    const settings = { tlsSettings: { ca: certificates.ca }, allowInsecureConnection: false };
    expect((await send({ url: server.url, settings })).bodyAsText).toBe(okText);
    await nextTurn();
    await send({ url: server.url, settings });
    expect(server.connections).toBe(1);
  });

  it("rejects a certificate from an untrusted authority, and sends nothing", async () => {
    const server = await startFaultServer(okBody, { tls: certificates });
    await expect(send({ url: server.url, body: "secret", method: "POST" })).rejects.toMatchObject({
      name: "RestError",
      code: expect.stringMatching(/^(?:SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/),
    });
    expect(server.requests).toEqual([]);
  });

  it("rejects a certificate for another host", async () => {
    const server = await startFaultServer(okBody, { tls: other });
    const settings = { tlsSettings: { ca: authority.identity.cert } };
    await expect(send({ url: server.url, settings })).rejects.toMatchObject({
      name: "RestError",
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
  });

  it("doesn't reuse a connection with other TLS settings", async () => {
    const server = await startFaultServer(okBody, { tls: certificates });
    await send({ url: server.url, settings: { tlsSettings: { ca: certificates.ca } } });
    await expect(send({ url: server.url })).rejects.toMatchObject({ name: "RestError" });
  });

  it("rejects if the server doesn't speak TLS", async () => {
    const port = await startRawServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await expect(send({ url: `https://127.0.0.1:${port}` })).rejects.toMatchObject({
      name: "RestError",
    });
  });

  except({
    "node:http": ["it ignores tlsSettings with a proxy", /self-signed certificate/],
  })("tunnels through a proxy, which sees only the host", async () => {
    const server = await startFaultServer(okBody, { tls: certificates });
    const proxy = await startProxy();
    const { request } = makeRequest({
      url: `${server.url}/path`,
      settings: { tlsSettings: { ca: certificates.ca } },
    });
    const policy = proxyPolicy({ host: "http://127.0.0.1", port: proxy.port }, { customNoProxyList: [] });
    const response = await policy.sendRequest(request, (sent) => client.sendRequest(sent));
    expect(response.status).toBe(200);
    expect(proxy.targets).toEqual([`127.0.0.1:${server.port}`]);
  });
}
