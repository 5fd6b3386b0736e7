import dns from "node:dns/promises";
import { once } from "node:events";
import { createServer } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import net, { connect, Socket } from "node:net";
import tls from "node:tls";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { CertificateOptions } from "../../../helpers/certificates.js";
import {
  authority,
  azure,
  azureLikeKey,
  type Call,
  call,
  itFindsWhatIsWrong,
  proxyThatAnswers,
  reportOf,
  type Situation,
  start,
  startTls,
  withString,
} from "../../../helpers/cli/situations.js";
import { freePort } from "../../../helpers/freePort.js";
import { serve } from "../../../helpers/server.js";
import { slowUnitTimeLimit } from "../../../helpers/timeLimit.js";

/** Gives functions of Node's modules to the doctor's, until the test ends. */
function replace(stub: () => void): void {
  stub();
  syncBuiltinESMExports();
  onTestFinished(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });
}

/** An emulator with a certificate of an authority that this process trusts. */
async function withCertificate(options: CertificateOptions, host = "127.0.0.1"): Promise<Call> {
  const { connectionString } = await start({ host, tls: authority.issue("localhost", options) });
  const secure = tls.connect;
  const ca = authority.identity.cert;
  replace(() =>
    vi
      .spyOn(tls, "connect")
      .mockImplementation((given) => secure({ ...(given as tls.ConnectionOptions), ca })),
  );
  return withString(connectionString);
}

/** A host that has an address, and whose connections end like this. */
function connectionThatEnds(event: "timeout" | "error", code: string | undefined, port: 80 | 443): Call {
  replace(() => {
    vi.spyOn(dns, "lookup").mockResolvedValue({ address: "192.0.2.1", family: 4 } as never);
    vi.spyOn(net, "connect").mockImplementation((options) => {
      expect(options).toEqual({ host: "some-resource.communication.azure.test", port, timeout: 10_000 });
      const socket = new Socket();
      queueMicrotask(() => socket.emit(event, Object.assign(new Error("none"), { code })));
      return socket;
    });
  });
  const text = port === 80 ? azure.replace("https:", "http:") : azure;
  return { args: ["--allow-insecure-connection"], ...withString(text) };
}

const [day, now] = [86_400_000, Date.now()];

// Making a key for a certificate takes a second or more on a busy machine.
describe("doctor finds what is wrong with a certificate", { timeout: slowUnitTimeLimit }, () => {
  itFindsWhatIsWrong(
    (
      [
        [
          { names: ["other.example"] },
          "is for another name (ERR_TLS_CERT_ALTNAME_INVALID)",
          /the name that the certificate has/,
        ],
        [
          { notAfter: new Date(now - 60_000) },
          "isn't valid now (CERT_HAS_EXPIRED)",
          /^Check the clock of this machine/,
        ],
        [
          { notAfter: new Date(now + 400 * day) },
          "isn't valid now (CERT_NOT_YET_VALID)",
          /^Check the clock of this machine/,
        ],
      ] as const
    ).map(
      ([options, line, remedy]): Situation => ({
        name: `the certificate ${line}`,
        arrange: () => withCertificate(options),
        check: "TLS",
        line: new RegExp(`^The certificate of 127\\.0\\.0\\.1:\\d+ ${line.replace(/[()]/g, "\\$&")}$`),
        remedy,
      }),
    ),
  );

  it("finds nothing wrong with one for ::1", async () => {
    const { checks } = reportOf(await call(await withCertificate({ names: ["::1"] }, "::1"), "--json"));
    expect(checks.find(({ check }) => check === "TLS")).toMatchObject({ status: "passed" });
  });

  it("leaves no timer of the handshake, which would keep the process running", async () => {
    const reached = await withCertificate({ names: ["127.0.0.1"] });
    const handshakes: NodeJS.Timeout[] = [];
    const { setTimeout } = globalThis;
    vi.spyOn(globalThis, "setTimeout").mockImplementation(((act: () => void, milliseconds: number) => {
      const timer = setTimeout(act, milliseconds);
      if (milliseconds === 5000) handshakes.push(timer);
      return timer;
    }) as typeof setTimeout);
    const cleared = vi.spyOn(globalThis, "clearTimeout");
    await call(reached, "--json");
    expect(handshakes.length).toBeGreaterThan(0);
    expect(cleared.mock.calls.flat()).toEqual(expect.arrayContaining(handshakes));
  });
});

describe("doctor finds what is wrong on the way to the service", () => {
  itFindsWhatIsWrong([
    ...(
      [
        ["timeout", undefined, 80, "No response from % within 10 seconds", "Does a firewall block it?"],
        [
          "error",
          "ECONNREFUSED",
          443,
          "Nothing listens on % (ECONNREFUSED)",
          /^Check the port of the endpoint, and whether a firewall/,
        ],
        [
          "error",
          "EHOSTUNREACH",
          443,
          "No connection to % (EHOSTUNREACH)",
          "Check the network of this machine",
        ],
      ] as const
    ).map(
      ([event, code, port, line, remedy]): Situation => ({
        name: `the connection ends with ${code ?? event}`,
        arrange: () => connectionThatEnds(event, code, port),
        check: "Connection",
        line: line.replace("%", `some-resource.communication.azure.test, port ${port}`),
        remedy,
      }),
    ),
    {
      name: "there is no such resource",
      arrange: () =>
        withString(`endpoint=https://${"r".repeat(64)}.communication.azure.com/;accesskey=${azureLikeKey}`),
      check: "Name look-up",
      line: /^There is no host r+\.communication\.azure\.com \([A-Z]+\)$/,
      remedy: /A deleted resource has no host either$/,
    },
    {
      name: "the host is misspelled",
      // A DNS label has at most 63 characters, so the look-up fails without a DNS server.
      arrange: () =>
        withString(`endpoint=https://${"r".repeat(64)}.comunication.azure.com/;accesskey=${azureLikeKey}`),
      check: "Name look-up",
      line: /There is no host .*\. Did you mean r+\.communication\.azure\.com\?$/,
      remedy: /^Check the spelling of the endpoint/,
    },
    {
      name: "the name server doesn't respond",
      arrange: () => {
        const error = Object.assign(new Error("none"), { code: "EAI_AGAIN" });
        replace(() => vi.spyOn(dns, "lookup").mockRejectedValue(error));
        return withString(azure);
      },
      check: "Name look-up",
      line: /^The name server didn't respond for some-resource\S+ \(EAI_AGAIN\)$/,
      remedy: /^Check the network and the name server/,
    },
    ...["127.0.0.1", "[::1]"].map(
      (host): Situation => ({
        name: `the emulator isn't running on ${host}`,
        arrange: async () =>
          withString(`endpoint=http://${host}:${await freePort()}/;accesskey=${azureLikeKey}`),
        check: "Connection",
        line: /^Nothing listens on (?:127\.0\.0\.1|::1), port \d+ \(ECONNREFUSED\)$/,
        remedy: /^Is the emulator running\? Start it with: .*acs-identity emulator --port \d+$/,
      }),
    ),
    {
      name: "the proxy isn't running",
      arrange: async () =>
        withString(azure, { HTTPS_PROXY: `http://127.0.0.1:${await freePort()}`, no_proxy: "intranet.test" }),
      check: "Connection",
      line: /^Nothing listens on 127\.0\.0\.1, port \d+, the proxy of HTTPS_PROXY \(ECONNREFUSED\)$/,
      remedy:
        /^Start the proxy or correct HTTPS_PROXY\. .*NO_PROXY.+intranet\.test,some-resource\.communication\.azure\.test['"]/,
    },
    {
      name: "the proxy has a misspelled host",
      arrange: () => withString(azure, { https_proxy: `http://${"p".repeat(64)}.test:3128` }),
      check: "Name look-up",
      line: /^There is no host p+\.test, the proxy of https_proxy/i,
      remedy: /correct https_proxy/i,
    },
    {
      name: "the proxy wants a password",
      arrange: async () => {
        const { environment } = await proxyThatAnswers("407 Proxy Authentication Required");
        return withString(azure, { ALL_PROXY: environment?.HTTPS_PROXY ?? "" });
      },
      check: "Proxy",
      line: /^The proxy refused the connection with status 407: it requires credentials \(127\.0\.0\.1:\d+, of ALL_PROXY, for some-resource\S+:443\)$/,
      remedy: /^Put the proxy's user name and password into ALL_PROXY/,
    },
    ...["127.0.0.1", "[::1]"].map(
      (host): Situation => ({
        name: `the proxy on ${host} doesn't allow the resource`,
        arrange: () => proxyThatAnswers("403 Forbidden", host),
        check: "Proxy",
        line: /^The proxy refused the connection with status 403 \(\S+:\d+, of HTTPS_PROXY, for some-resource\S+:443\)$/,
        remedy: /^Ask whoever runs the proxy to allow this host, or bypass it/,
      }),
    ),
    ...[
      ["doesn't answer", ""],
      ["answers byte by byte", "HTTP/1.1 200 OK\r\nX: "],
    ].map(
      ([what, bytes]): Situation => ({
        name: `the proxy ${what}`,
        async arrange() {
          const proxy = createServer();
          const port = await serve(proxy);
          proxy.on("connect", (_request, socket) => {
            const trickle = setInterval(() => socket.write(bytes ?? ""), 50);
            socket.once("close", () => clearInterval(trickle)).on("error", () => {});
            socket.write(bytes ?? "");
            vi.advanceTimersByTime(10_000);
          });
          vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
          return withString(azure, { HTTPS_PROXY: `http://127.0.0.1:${port}` });
        },
        check: "Proxy",
        line: /^The proxy can't be used: no response within 10 seconds \(/,
        remedy: /^Start the proxy or correct HTTPS_PROXY/,
      }),
    ),
    {
      name: "the proxy's own certificate isn't trusted",
      arrange: async () => withString(azure, { HTTPS_PROXY: new URL((await startTls()).url).origin }),
      check: "Proxy",
      line: /^The proxy can't be used: .*certificate.* \(127\S+ of HTTPS_PROXY, for some-resource\S+:443\)$/,
      remedy: /^Start the proxy or correct HTTPS_PROXY/,
    },
    {
      name: "a proxy shows a certificate of its own",
      async arrange() {
        const { port } = new URL((await startTls()).url);
        const proxy = createServer();
        proxy.on("connect", (_request, client) => {
          const server = connect(Number(port), "127.0.0.1");
          for (const socket of [client, server]) socket.on("error", () => socket.destroy());
          client.write("HTTP/1.1 200 OK\r\n\r\n");
          server.pipe(client).pipe(server);
        });
        return withString(azure, { HTTPS_PROXY: `http://127.0.0.1:${await serve(proxy)}` });
      },
      check: "TLS",
      line: /doesn't trust the certificate of some-resource\S+, issued by .+ \([A-Z_]+\)$/,
      remedy:
        /^Does .+ run a proxy or a virus scanner .+\? If not, don't trust it\. If so, get its root certificate \(PEM\) there: .*NODE_EXTRA_CA/,
    },
    {
      name: "the endpoint says http, and the server speaks https",
      arrange: async () => withString((await startTls()).connectionString.replace("https:", "http:")),
      check: "TLS",
      line: /speaks https, and the endpoint says http$/,
      remedy: /^Write https:\/\/127\.0\.0\.1:\d+\/$/,
    },
    {
      name: "the endpoint says https, and the server speaks http",
      arrange: async () => withString((await start()).connectionString.replace("http:", "https:")),
      check: "TLS",
      line: /speaks plain http, and the endpoint says https$/,
      remedy: /^Write http:\/\/127\.0\.0\.1:\d+\/$/,
    },
    ...(
      [
        ["doesn't respond", () => vi.advanceTimersByTime(5_000), "ETIMEDOUT"],
        ["closes the connection", (socket: Socket) => socket.end(), "ECONNRESET"],
      ] as const
    ).map(
      ([what, respond, code]): Situation => ({
        name: `the server ${what} during the handshake`,
        async arrange() {
          const server = net.createServer((socket) => socket.once("data", () => respond(socket)));
          const port = await serve(server);
          vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
          return withString(`endpoint=https://127.0.0.1:${port}/;accesskey=${azureLikeKey}`);
        },
        check: "TLS",
        line: new RegExp(`^The TLS handshake with 127\\.0\\.0\\.1:\\d+ failed \\(${code}\\)$`),
        remedy: "Does a firewall or proxy interfere?",
      }),
    ),
    {
      name: "this machine doesn't trust the certificate",
      arrange: async () => withString((await startTls()).connectionString),
      check: "TLS",
      line: /doesn't trust the certificate of 127\.0\.0\.1:\d+, issued by .+ \(/,
      remedy: /NODE_EXTRA_CA_CERTS.+ the file that the emulator printed/,
    },
  ]);

  it.each(["http", "https"])(
    "leaves no connection open over %s, which would keep the process running",
    async (scheme) => {
      const { connectionString } = await (scheme === "https" ? startTls() : start());
      const connected = vi.fn(connect);
      replace(() => vi.spyOn(net, "connect").mockImplementation(connected as unknown as typeof connect));
      await call(withString(connectionString), "--json");
      const sockets = connected.mock.results.map(({ value }) => value as Socket);
      expect(sockets.map(({ destroyed }) => destroyed)).toEqual(sockets.map(() => true));
      expect(sockets).not.toEqual([]);
    },
  );

  it("closes each tunnel that it opens through a proxy", async () => {
    const proxy = createServer();
    const port = await serve(proxy);
    const closed: Promise<unknown>[] = [];
    proxy.on("connect", (_, socket) => {
      closed.push(once(socket, "end"));
      socket.on("error", () => {}).once("data", () => socket.write("This isn't TLS."));
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
    });
    await call(withString(azure, { HTTPS_PROXY: `http://127.0.0.1:${port}` }));
    await Promise.all(closed);
    expect(closed.length).toBeGreaterThan(1);
  });

  it("sends a proxy the credentials that the client sends", async () => {
    const proxy = createServer();
    const port = await serve(proxy);
    const sent: unknown[] = [];
    proxy.on("connect", ({ headers }, socket) => {
      sent.push(headers["proxy-authorization"]);
      socket.end("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n");
    });
    // A literal %, as the client takes it.
    await call(withString(azure, { HTTPS_PROXY: `http://user:p%40ss%@127.0.0.1:${port}` }));
    expect([...new Set(sent)]).toEqual([`Basic ${btoa("user:p@ss%")}`]);
  });
});
