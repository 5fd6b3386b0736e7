import { gzipSync } from "node:zlib";
import { HttpsProxyAgent } from "https-proxy-agent";
import type { Lab } from "../lab.js";
import { messageOf, readMember } from "../outcome.js";
import { testRows } from "../row.js";
import { serverIdentity } from "../servers/certificates.js";
import { EntraCredential } from "../servers/entra.js";
import type { FaultServer, Reply } from "../servers/faultServer.js";
import { failure, okToken, tokenBody, user, wireToken } from "../servers/identityReplies.js";
import { answer, answerJson, rawThenEnd } from "../servers/replies.js";
import { proxyUrl, tunnelTo, withVariable } from "../servers/tunnel.js";
import type { IdentityClient } from "../subjects.js";
import { getToken } from "./calls.js";

/** A host that only the proxy can reach. The certificate `otherName` is valid for it. */
const endpoint = "https://elsewhere.example";

type Options = Readonly<Record<string, unknown>>;
type Way = (lab: Lab, proxy: FaultServer, options?: Options) => IdentityClient;

const byOptions: Way = (lab, { port }, options) =>
  lab.client(endpoint, { proxyOptions: { host: "http://127.0.0.1", port }, ...options });

const byEnvironment: Way = (lab, proxy, options) =>
  withVariable("HTTPS_PROXY", proxyUrl(proxy), () => lab.client(endpoint, options));

const byAgent: Way = (lab, proxy, options) =>
  lab.client(endpoint, { agent: new HttpsProxyAgent(proxyUrl(proxy)), ...options });

/** The ways to configure a proxy. */
const ways: readonly Way[] = [byOptions, byEnvironment, byAgent];

/** Starts the service, and returns it with the reply that makes a proxy tunnel to it. */
async function serviceBehind(lab: Lab): Promise<{ service: FaultServer; letThrough: Reply }> {
  const service = await lab.server(okToken(), { tls: serverIdentity("otherName") });
  return { service, letThrough: tunnelTo(service.port) };
}

const claims = Buffer.from('{"access_token":{"nbf":{"essential":true}}}').toString("base64");
const challenge = failure(401, {
  "WWW-Authenticate": `Bearer realm="", error="insufficient_claims", claims="${claims}"`,
});
const wrongDate: Reply = (exchange) =>
  failure(401, { Date: new Date(Date.now() + 20 * 60_000).toUTCString() })(exchange);

/** What a proxy may answer in place of the service. */
const forgeries: readonly (readonly [status: number, name: string, reply: Reply])[] = [
  [201, "a token", (exchange) => answerJson(201, wireToken())(exchange)],
  [
    202,
    "a token in gzip",
    (exchange) => {
      const headers = { "Content-Type": "application/json", "Content-Encoding": "gzip" };
      answer({ status: 202, headers, body: gzipSync(tokenBody()) })(exchange);
    },
  ],
  [204, "nothing", answer({ status: 204, headers: { "Content-Length": "" } })],
  [301, "a redirect", answer({ status: 301, headers: { Location: "/elsewhere" } })],
  [307, "a redirect", answer({ status: 307, headers: { Location: "/elsewhere" } })],
  [401, "a challenge", challenge],
  [401, "a date", wrongDate],
  [407, "a challenge", failure(407, { "Proxy-Authenticate": 'Basic realm="proxy"' })],
  [429, "a delay", failure(429, { "Retry-After": "1" })],
];

/** A proxy for plain http: it gets requests in absolute form, or undici's CONNECT and then the tunneled request. */
const plainProxy: Reply = (exchange) => {
  if (exchange.request.method === "CONNECT")
    exchange.socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
  else okToken()(exchange);
};

function sentCredentials({ requests }: FaultServer): string {
  const value = requests[0]?.headers.get("proxy-authorization") ?? "";
  return Buffer.from(value.replace("Basic ", ""), "base64").toString();
}

testRows([
  {
    id: "X22",
    injection:
      "a proxy that answers CONNECT with a token, 204, a redirect, a challenge, a date, 407, or a delay",
    bar: "rejects with the status in the message, and never treats the answer as the service's response",
    reportLimitMs: 60_000,
    async run(lab) {
      for (const [status, name, reply] of forgeries) {
        const label = `${status} with ${name}`;
        for (const way of ways) {
          const proxy = await lab.server(reply);
          const client = way(lab, proxy);
          const mayRead = { onDownloadProgress: () => {}, customHeaders: { "Accept-Encoding": "gzip" } };
          for (const call of [
            getToken(client),
            getToken(client, { requestOptions: mayRead }),
            () => client.revokeTokens(user),
          ]) {
            const { kind, error } = await lab.call(call, 4_000);
            lab.must(`${label}: an error`, kind === "error");
            lab.must(`${label}: named`, messageOf(error).includes(String(status)));
            if (status === 407) lab.must("says credentials", messageOf(error).includes("credentials"));
            lab.must(`${label}: not the service's`, readMember(error, "response") === undefined);
          }
          lab.must(`${label}: asked once`, proxy.requests.length === 3);
          const isConnect = proxy.requests.every(({ method }) => method === "CONNECT");
          lab.must("nothing but CONNECT", isConnect);
        }
      }
    },
  },
  {
    id: "X23",
    injection: "a proxy that answers CONNECT with 200 and then impersonates the service without TLS",
    bar: "rejects",
    async run(lab) {
      const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${tokenBody().length}`;
      for (const way of ways) {
        const proxy = await lab.server(rawThenEnd(`${head}\r\n\r\n${tokenBody()}`));
        const client = way(lab, proxy, { retryOptions: { maxRetries: 0 } });
        const { kind } = await lab.call(getToken(client), 4_000);
        lab.must("an error", kind === "error");
      }
    },
  },
  {
    id: "X24",
    injection: "a proxy that forges a challenge, a date, or a delay once, and then lets the client through",
    bar: "doesn't request the claims, and keeps its own clock and its own delays",
    reportLimitMs: 60_000,
    async run(lab) {
      const { service, letThrough } = await serviceBehind(lab);
      const challenging = await lab.server([challenge, letThrough]);
      const credential = new EntraCredential();
      const proxyOptions = { host: "http://127.0.0.1", port: challenging.port };
      const withToken = lab.clientWith(endpoint, credential, { proxyOptions });
      await lab.call(getToken(withToken), 4_000);
      const through = await lab.call(getToken(withToken), 4_000);
      lab.must("the next call succeeds", through.kind === "value");
      const asked = credential.calls.length;
      lab.must(`no claims (${asked})`, asked === 1 && credential.calls[0]?.claims === undefined);

      for (const way of ways) {
        const client = way(lab, await lab.server([wrongDate, letThrough]));
        await lab.call(getToken(client), 4_000);
        await lab.call(getToken(client), 4_000);
        const signed = Date.parse(service.requests.at(-1)?.headers.get("x-ms-date") ?? "");
        lab.must("its own clock", Math.abs(signed - Date.now()) < 60_000);
      }
      for (const way of ways) {
        const busy = await lab.server([failure(503, { "Retry-After": "30" }), letThrough]);
        const { kind } = await lab.call(getToken(way(lab, busy)), 4_000);
        lab.must("recovers from a busy proxy, after its own delay", kind === "value");
      }
    },
  },
  {
    id: "X25",
    injection: "proxy passwords that contain %, %41, ü, :, @, /, or #, in proxyOptions and in HTTPS_PROXY",
    bar: "sends each as intended, to https and http endpoints",
    reportLimitMs: 60_000,
    async run(lab) {
      const { letThrough } = await serviceBehind(lab);
      const judge = async (
        label: string,
        expected: string,
        construct: (proxy: FaultServer, target: string) => IdentityClient,
      ): Promise<void> => {
        for (const [target, reply] of [
          [endpoint, letThrough],
          ["http://contoso.example", plainProxy],
        ] as const) {
          const proxy = await lab.server(reply);
          const { kind } = await lab.call(() => getToken(construct(proxy, target))(), 4_000);
          lab.must(`${label}: succeeds`, kind === "value");
          lab.must(`${label}: arrives`, sentCredentials(proxy) === `me:${expected}`);
        }
      };
      const insecure = { allowInsecureConnection: true };
      for (const password of ["100%sure", "pa%41ss", "%", "ü:@/ #?", "100%25"]) {
        await judge(password, password, ({ port }, target) => {
          const proxyOptions = { host: "http://127.0.0.1", port, username: "me", password };
          return lab.client(target, { ...insecure, proxyOptions });
        });
        const encoded = `me:${encodeURIComponent(password)}`;
        await judge(`${password} encoded in HTTPS_PROXY`, password, (proxy, target) =>
          withVariable("HTTPS_PROXY", proxyUrl(proxy, encoded), () => lab.client(target, insecure)),
        );
      }
      for (const password of ["100%sure", "%", "ü100%"]) {
        await judge(`${password} literal in HTTPS_PROXY`, password, (proxy, target) =>
          withVariable("HTTPS_PROXY", proxyUrl(proxy, `me:${password}`), () => lab.client(target, insecure)),
        );
      }
    },
  },
  {
    id: "X28",
    injection: "attempts that are aborted while others use the same proxy",
    bar: "keeps the tunnels of the others, reuses idle ones, and leaves none half open",
    reportLimitMs: 30_000,
    async run(lab) {
      const { service, letThrough } = await serviceBehind(lab);
      const proxy = await lab.server(letThrough);
      const client = byOptions(lab, proxy);
      for (let call = 0; call < 5; call++) await lab.call(getToken(client));
      // undici opens a second one while the first is being freed.
      lab.must(`tunnels are reused (${proxy.requests.length})`, proxy.requests.length <= 2);
      const calls = Array.from({ length: 60 }, async (_, index) => {
        const controller = lab.abortController();
        if (index % 2) setTimeout(() => controller.abort(), index / 2);
        return lab.call(getToken(client, { abortSignal: controller.signal }), 8_000);
      });
      const outcomes = await Promise.all(calls);
      lab.must(
        "the others succeed",
        outcomes.every(({ kind }, index) => index % 2 === 1 || kind === "value"),
      );
      const before = service.requests.length;
      const { kind } = await lab.call(getToken(client));
      lab.must("the next call succeeds", kind === "value" && service.requests.length === before + 1);
    },
  },
  {
    id: "X37",
    injection: "a proxy on IPv6, a proxy over TLS, or a proxy over TLS whose certificate is for another host",
    bar: "tunnels through it, unless the certificate is wrong",
    async run(lab) {
      const { letThrough } = await serviceBehind(lab);
      const judge = async (host: string, proxy: FaultServer, isRight: boolean): Promise<void> => {
        const proxyOptions = { host, port: proxy.port, username: "me", password: "secret-of-the-proxy" };
        const client = lab.client(endpoint, { proxyOptions, retryOptions: { maxRetries: 0 } });
        const { kind } = await lab.call(getToken(client), 4_000);
        lab.must(`${host}: ${isRight ? "succeeds" : "an error"}`, (kind === "value") === isRight);
        lab.must(`${host}: credentials`, proxy.requests.length > 0 === isRight);
      };
      await judge("http://[::1]", await lab.server(letThrough, { host: "::1" }), true);
      const tls = serverIdentity("trusted");
      await judge("https://127.0.0.1", await lab.server(letThrough, { tls }), true);
      await judge("https://localhost", await lab.server(letThrough, { tls }), true);
      const wrong = serverIdentity("otherName");
      await judge("https://127.0.0.1", await lab.server(letThrough, { tls: wrong }), false);
    },
  },
]);
