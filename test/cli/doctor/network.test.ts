import dns from "node:dns/promises";
import { createServer } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import { connect } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { freePort } from "../../helpers/freePort.js";
import { serve } from "../../helpers/server.js";
import {
  azure,
  azureLikeKey,
  call,
  itFindsWhatIsWrong,
  proxyThatAnswers,
  type Situation,
  start,
  startTls,
  withString,
} from "./situations.js";

describe("doctor finds what is wrong on the way to the service", () => {
  itFindsWhatIsWrong([
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
        vi.spyOn(dns, "lookup").mockRejectedValue(Object.assign(new Error("none"), { code: "EAI_AGAIN" }));
        syncBuiltinESMExports();
        onTestFinished(() => {
          vi.restoreAllMocks();
          syncBuiltinESMExports();
        });
        return withString(azure);
      },
      check: "Name look-up",
      line: /^The name server didn't respond for some-resource\S+ \(EAI_AGAIN\)$/,
      remedy: /^Check the network and the name server/,
    },
    {
      name: "the emulator isn't running",
      arrange: async () =>
        withString(`endpoint=http://127.0.0.1:${await freePort()}/;accesskey=${azureLikeKey}`),
      check: "Connection",
      line: /^Nothing listens on 127\.0\.0\.1, port \d+ \(ECONNREFUSED\)$/,
      remedy: /^Is the emulator running\? Start it with: .*acs-identity emulator --port \d+$/,
    },
    {
      name: "the proxy isn't running",
      arrange: async () =>
        withString(azure, { HTTPS_PROXY: `http://127.0.0.1:${await freePort()}`, NO_PROXY: "intranet.test" }),
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
      arrange: () => proxyThatAnswers("407 Proxy Authentication Required"),
      check: "Proxy",
      line: /^The proxy refused the connection with status 407: it requires credentials \(127\.0\.0\.1:\d+, of HTTPS_PROXY, for some-resource\S+:443\)$/,
      remedy: /^Put the proxy's user name and password into HTTPS_PROXY/,
    },
    {
      name: "the proxy doesn't allow the resource",
      arrange: () => proxyThatAnswers("403 Forbidden"),
      check: "Proxy",
      line: /^The proxy refused the connection with status 403 \(127\S+ of HTTPS_PROXY, for some-resource\S+:443\)$/,
      remedy: /^Ask whoever runs the proxy to allow this host, or bypass it/,
    },
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
          onTestFinished(() => void vi.useRealTimers());
          return withString(azure, { HTTPS_PROXY: `http://127.0.0.1:${port}` });
        },
        check: "Proxy",
        line: /^The proxy can't be used: no response within 10 seconds \(/,
        remedy: /^Start the proxy or correct HTTPS_PROXY/,
      }),
    ),
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
    {
      name: "this machine doesn't trust the certificate",
      arrange: async () => withString((await startTls()).connectionString),
      check: "TLS",
      line: /doesn't trust the certificate of 127\.0\.0\.1:\d+, issued by .+ \(/,
      remedy: /NODE_EXTRA_CA_CERTS.+ the file that the emulator printed/,
    },
  ]);

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
