// Options that affect the connection, each checked from the server's side.
import { Agent, createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, createServer as createTcpServer, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { inspect } from "node:util";
import type { PipelinePolicy, PipelineRequest } from "@azure/core-rest-pipeline";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import {
  AzureKeyCredential,
  CommunicationIdentityClient,
  type CommunicationIdentityClientOptions,
} from "../../../src/index.js";
import { type Certificates, makeCertificates } from "../../helpers/certificates.js";
import { expectNoSecret, rejectionOf } from "../../helpers/secrets.js";
import { readWireRequest, serve, startServer, wireHeader } from "../../helpers/server.js";
import { slowUnitTimeLimit } from "../../helpers/timeLimit.js";
import { startProxy } from "../../helpers/transport/proxyServer.js";
import { testKey, user, userBody, userId } from "../../helpers/values.js";

const created = { status: 201, body: userBody };
const credentials = { username: "me", password: "pass" };
const basic = `Basic ${Buffer.from("me:pass").toString("base64")}`;
const result = { communicationUserId: userId };

function clientOf(
  endpoint: string,
  options: CommunicationIdentityClientOptions = {},
): CommunicationIdentityClient {
  const retryOptions = { maxRetries: 0 };
  return new CommunicationIdentityClient(endpoint, new AzureKeyCredential(testKey), {
    retryOptions,
    ...options,
  });
}

let certificates: Certificates;
beforeAll(async () => {
  certificates = makeCertificates();
}, slowUnitTimeLimit);

describe("tlsOptions", () => {
  it("let the client trust a private certificate authority, which it rejects otherwise", async () => {
    const server = await startServer(() => created, { tls: certificates });
    const error = await rejectionOf(() => clientOf(server.origin).createUser());
    expect(error).toMatchObject({ name: "RestError", code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO/) });
    expect(server.requests).toEqual([]);
    const client = clientOf(server.origin, { tlsOptions: { ca: certificates.ca } });
    expect(await client.createUser()).toEqual(result);
    expect(server.requests).toHaveLength(1);
  });

  it("send a client certificate", async () => {
    const { ca, cert, key } = certificates;
    const names: unknown[] = [];
    const server = createTlsServer({ ca, cert, key, requestCert: true }, (request, response) => {
      const socket = request.socket as TLSSocket;
      names.push([socket.authorized, socket.getPeerCertificate().subject?.CN]);
      response.writeHead(204).end();
    });
    const endpoint = `https://127.0.0.1:${await serve(server)}`;
    await clientOf(endpoint, { tlsOptions: { ca, cert, key } }).deleteUser(user);
    expect(names).toEqual([[true, "localhost"]]);
    const error = await rejectionOf(() => clientOf(endpoint, { tlsOptions: { ca } }).deleteUser(user));
    expect(names).toHaveLength(1);
    expect(error).toMatchObject({
      message: `${new URL(endpoint).host} asks for a certificate of the client: pass tlsOptions: { cert, key }.`,
      attempts: 1,
    });
  });

  it("apply to the server behind a proxy, and aren't shown by a request", async () => {
    const server = await startServer(() => created, { tls: certificates });
    const proxy = await startProxy();
    const proxyOptions = { host: "http://127.0.0.1", port: proxy.port, ...credentials };
    const { ca, cert, key } = certificates;
    const shown: string[] = [];
    const policy: PipelinePolicy = {
      name: "show",
      sendRequest(request, next) {
        shown.push(inspect(request, { depth: 9 }));
        return next(request);
      },
    };
    const client = clientOf(server.origin, {
      proxyOptions,
      tlsOptions: { ca, cert, key },
      additionalPolicies: [{ policy, position: "perRetry" }],
    });
    expect(await client.createUser()).toEqual(result);
    expect(shown).toHaveLength(1);
    expect(shown.join()).not.toContain("PRIVATE KEY");
    expect(proxy.targets).toEqual([new URL(server.origin).host]);
    expect(proxy.authorizations).toEqual([basic]);
    await expect(clientOf(server.origin, { proxyOptions }).createUser()).rejects.toThrow(/certificate/);
  });
});

describe("agent", () => {
  it("makes the connections", async () => {
    const server = await startServer(() => created);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    let connections = 0;
    const original = agent.createConnection.bind(agent);
    agent.createConnection = (...args: Parameters<typeof original>) => {
      connections++;
      return original(...args);
    };
    const client = clientOf(server.origin, { agent });
    await Promise.all([client.createUser(), client.createUser(), client.createUser()]);
    expect([connections, server.requests.length]).toEqual([1, 3]);
  });
});

describe("what a policy sets", () => {
  const additionalPoliciesOf = (settings: Partial<PipelineRequest>) => {
    const policy: PipelinePolicy = {
      name: "settings",
      sendRequest: (request, next) => next(Object.assign(request, settings)),
    };
    return [{ policy, position: "perRetry" as const }];
  };

  it.each(["localhost", "[::1]"])(
    "reaches node:http, whatever the client's agent: overrides and agent, for %s",
    async (host) => {
      const server = await startServer(() => created);
      const { port } = new URL(server.origin);
      const [agent, unused] = [new Agent(), new Agent()];
      unused.createConnection = () => expect.fail("the client's agent");
      const lookup = () => expect.fail("the agent connects elsewhere");
      const lookups: unknown[] = [];
      agent.createConnection = (options) => {
        lookups.push(options.lookup);
        return connect(Number(port), "127.0.0.1");
      };
      const additionalPolicies = additionalPoliciesOf({ agent, requestOverrides: { lookup } });
      await clientOf(`http://${host}:${port}`, { agent: unused, additionalPolicies }).createUser();
      expect(lookups).toEqual([lookup]);
    },
  );

  it("reaches node:http, whatever the client's tlsOptions", async () => {
    const server = await startServer(() => created, { tls: certificates });
    const additionalPolicies = additionalPoliciesOf({ tlsSettings: { ca: certificates.ca } });
    await clientOf(server.origin, { tlsOptions: {}, additionalPolicies }).createUser();
  });
});

describe("proxyOptions", () => {
  it("send plain HTTP requests to the proxy in absolute form", async () => {
    const seen: string[] = [];
    const proxy = createServer(async (incoming, outgoing) => {
      const request = await readWireRequest(incoming);
      seen.push(`${request.method} ${request.target} ${wireHeader(request, "proxy-authorization")}`);
      outgoing.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify(userBody));
    });
    // A string, as environment variables are.
    const port = String(await serve(proxy)) as unknown as number;
    const proxyOptions = { host: "http://127.0.0.1", port, ...credentials };
    const client = clientOf("http://resource.invalid:8080", { proxyOptions, allowInsecureConnection: true });
    expect(await client.createUser()).toEqual(result);
    expect(seen).toEqual([`POST http://resource.invalid:8080/identities?api-version=2023-10-01 ${basic}`]);
  });

  it("share their tunnels with all clients that have the same proxy and TLS options", async () => {
    const server = await startServer(() => created, { tls: certificates });
    const proxy = await startProxy();
    const options = {
      proxyOptions: { host: "http://127.0.0.1", port: proxy.port },
      tlsOptions: { ca: certificates.ca },
    };
    for (let call = 0; call < 20; call++) await clientOf(server.origin, { ...options }).createUser();
    expect(proxy.targets).toHaveLength(1);
    await Promise.all(Array.from({ length: 8 }, () => clientOf(server.origin, { ...options }).createUser()));
    for (let call = 0; call < 20; call++) await clientOf(server.origin, { ...options }).createUser();
    expect(proxy.targets.length).toBeLessThanOrEqual(8);
  });

  it("are retried if the proxy closes the connection without responding", async () => {
    let connections = 0;
    const proxy = createTcpServer((socket) => {
      connections++;
      socket.on("error", () => undefined).once("data", () => socket.end());
    });
    const port = await serve(proxy);
    const proxyOptions = { host: "http://127.0.0.1", port };
    const retryOptions = { maxRetries: 1, retryDelayInMs: 1 };
    const call = clientOf("https://service.invalid", { proxyOptions, retryOptions }).createUser();
    await expect(call).rejects.toMatchObject({
      name: "RestError",
      message: expect.stringMatching(/^Proxy connection ended/),
    });
    expect(connections).toBe(2);
  });

  it("close a tunnel that is idle for 5 seconds", async () => {
    const waits = vi.spyOn(Socket.prototype, "setTimeout");
    // With this header, Node's server doesn't say how long it keeps the connection, which the agent would follow.
    const answer = { ...created, headers: { connection: "keep-alive" } };
    const server = await startServer(() => answer, { tls: certificates });
    const proxy = await startProxy();
    const proxyOptions = { host: "http://127.0.0.1", port: proxy.port };
    await clientOf(server.origin, { proxyOptions, tlsOptions: { ca: certificates.ca } }).createUser();
    expect(proxy.open()).toBe(1);
    const { calls, contexts } = waits.mock;
    const idle = contexts[calls.findLastIndex(([milliseconds]) => milliseconds === 5_000)];
    if (!(idle instanceof Socket)) throw new Error("No socket waits for 5 seconds");
    idle.emit("timeout");
    await expect.poll(proxy.open).toBe(0);
  });

  it.each(["http", "https"])(
    "aren't shown when a proxy repeats them in a response over %s",
    async (scheme) => {
      const proxy = createServer((incoming, outgoing) => {
        const said = `Denied for ${incoming.headers["proxy-authorization"]}`;
        outgoing.writeHead(403, { "content-type": "application/json", "x-said": said });
        outgoing.end(JSON.stringify({ error: { code: "Denied", message: said } }));
      }).on("connect", (incoming, socket) => {
        socket.end(`HTTP/1.1 403 ${incoming.headers["proxy-authorization"]}\r\n\r\n`);
      });
      const proxyOptions = { host: "http://127.0.0.1", port: await serve(proxy), ...credentials };
      const endpoint = `${scheme}://resource.invalid`;
      const seen: unknown[] = [];
      const client = clientOf(endpoint, { proxyOptions, allowInsecureConnection: true });
      const error = await rejectionOf(() =>
        client.createUser({ onResponse: (...given) => void seen.push(given) }),
      );
      expect(error.message).toContain(scheme === "http" ? "Denied for Basic REDACTED" : "403");
      expectNoSecret([error, ...seen], basic.slice("Basic ".length));
    },
  );
});
