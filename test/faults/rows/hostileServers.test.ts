// Beyond the matrix: servers that echo secrets in unreadable responses, switch protocols, answer twice, or ask for a month's delay.

import { setTimeout as pause } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { becomes } from "../lab.js";
import { messageOf, readMember } from "../outcome.js";
import { testRows } from "../row.js";
import { serverIdentity } from "../servers/certificates.js";
import { EntraCredential } from "../servers/entra.js";
import type { Reply } from "../servers/faultServer.js";
import { failure, okToken, tokenBody } from "../servers/identityReplies.js";
import {
  afterDelay,
  answer,
  flood,
  head,
  raw,
  rawThenEnd,
  truncate,
  withHeaders,
} from "../servers/replies.js";
import { tunnelTo } from "../servers/tunnel.js";
import { getToken } from "./calls.js";

/** Echoes the request's Authorization in headers of the response. */
function echoing(reply: Reply): Reply {
  return (exchange) => {
    const authorization = exchange.request.headers.get("authorization") ?? "";
    withHeaders(reply, `X-Echo: ${authorization}\r\nSet-Cookie: was=${authorization}\r\n`)(exchange);
  };
}

const json = { "Content-Type": "application/json" };

const unreadable: readonly (readonly [name: string, reply: Reply])[] = [
  ["cut", truncate(200, tokenBody(), 20)],
  [
    "too short",
    rawThenEnd(Buffer.concat([head(200, { ...json, "Content-Length": "900" }), Buffer.from("{}")])),
  ],
  [
    "a broken chunk",
    rawThenEnd(
      Buffer.concat([head(200, { ...json, "Transfer-Encoding": "chunked" }), Buffer.from("zz\r\n{}")]),
    ),
  ],
  ["unknown encoding", answer({ headers: { ...json, "Content-Encoding": "snappy" }, body: "{}" })],
  ["no gzip", answer({ status: 500, headers: { ...json, "Content-Encoding": "gzip" }, body: "{}" })],
  [
    "cut gzip",
    answer({ headers: { ...json, "Content-Encoding": "gzip" }, body: gzipSync(tokenBody()).subarray(0, 40) }),
  ],
  ["too large", flood(2 * 1_048_576)],
];

const switched: Reply = raw(
  "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n\x01\x02",
);

testRows([
  {
    id: "X29",
    injection: "a response whose body can't be read, and whose headers echo the request's Authorization",
    bar: "keeps the signature and the token out of the error, its response, and what onResponse receives",
    reportLimitMs: 60_000,
    async run(lab) {
      for (const [name, reply] of unreadable) {
        const server = await lab.server(echoing(reply));
        const secure = await lab.server(echoing(reply), { tls: serverIdentity("trusted") });
        const options = { retryOptions: { maxRetries: 0 } };
        for (const client of [
          lab.client(server, options),
          lab.clientWith(secure, new EntraCredential(), options),
        ]) {
          const onResponse = (...args: unknown[]): void => lab.keep(`onResponse ${name}`, args);
          const { kind, error } = await lab.call(getToken(client, { onResponse }), 4_000);
          lab.must(`${name}: an error`, kind === "error");
          lab.keep(`response ${name}`, readMember(error, "response"));
        }
      }
    },
  },
  {
    id: "X30",
    injection: "an early close, over http or https, a new or used connection, or a tunnel",
    bar: "treats it as a lost connection at once, and recovers or rejects after 4 attempts",
    reportLimitMs: 60_000,
    async run(lab) {
      const lost: Reply = ({ socket }) => void socket.end();
      for (const secure of [false, true]) {
        const options = secure ? { tls: serverIdentity("trusted") } : {};
        const once = await lab.server([lost, okToken(), lost, okToken()], options);
        const client = lab.client(once);
        const fresh = await lab.call(getToken(client), 3_000);
        lab.must("recovers on a new connection", fresh.kind === "value");
        const used = await lab.call(getToken(client), 3_000);
        lab.must("recovers on a used connection", used.kind === "value" && once.requests.length === 4);

        const forEver = await lab.server(lost, options);
        const { kind, error } = await lab.call(getToken(lab.client(forEver)), 3_000);
        lab.must("an error", kind === "error" && messageOf(error) !== "");
        lab.must(`4 attempts (${forEver.requests.length})`, forEver.requests.length === 4);
        lab.must("no connection left", await becomes(() => forEver.openSockets === 0));
      }
      const behind = await lab.server([lost, okToken()], { tls: serverIdentity("trusted") });
      const proxy = await lab.server(tunnelTo(behind.port));
      const proxyOptions = { host: "http://127.0.0.1", port: proxy.port };
      const tunnelled = await lab.call(getToken(lab.client(behind, { proxyOptions })), 3_000);
      lab.must("recovers in a tunnel", tunnelled.kind === "value");
    },
  },
  {
    id: "X38",
    injection: "101 Switching Protocols, over http or https",
    bar: "ends by the time limit of the attempt, and works afterwards",
    async run(lab) {
      for (const options of [{}, { tls: serverIdentity("trusted") }]) {
        let isHealthy = false;
        const server = await lab.server((exchange) => (isHealthy ? okToken() : switched)(exchange), options);
        const client = lab.client(server, { retryOptions: { maxRetries: 0 } });
        const limited = await lab.call(getToken(client, { requestOptions: { timeout: 150 } }), 3_000);
        lab.must("an error", limited.kind === "error");
        lab.must("no connection left", await becomes(() => server.openSockets === 0));
        isHealthy = true;
        const { kind } = await lab.call(getToken(client), 3_000);
        lab.must("the next call succeeds", kind === "value");
      }
    },
  },
  {
    id: "X31",
    injection: "503 with Retry-After of 30 days, and maxRetryDelayInMs: Infinity",
    bar: "doesn't retry before then",
    async run(lab) {
      const server = await lab.server(failure(503, { "Retry-After": "2592000" }));
      const controller = lab.abortController();
      const client = lab.client(server, { retryOptions: { maxRetryDelayInMs: Number.POSITIVE_INFINITY } });
      const call = lab.call(getToken(client, { abortSignal: controller.signal }), 3_000);
      await pause(500);
      controller.abort();
      lab.must("an error", (await call).kind === "error");
      lab.must(`one request (${server.requests.length})`, server.requests.length === 1);
    },
  },
  {
    id: "X4",
    injection: "a response that takes 300 ms or comes after interim responses",
    bar: "succeeds at the first attempt",
    overUndici:
      "succeeds at the second attempt after an unexpected 100, since undici then closes the connection",
    async run(lab) {
      const hints = "HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n";
      const after =
        (interim: string): Reply =>
        (exchange) => {
          exchange.socket.write(interim);
          okToken()(exchange);
        };
      const unasked = after(`HTTP/1.1 100 Continue\r\n\r\n${hints}`);
      for (const [reply, attempts] of [
        [afterDelay(300, okToken()), 1],
        [after(hints), 1],
        [unasked, lab.subject.transport ? 2 : 1],
      ] as const) {
        const server = await lab.server([reply, okToken()]);
        const { kind } = await lab.call(getToken(lab.client(server)));
        lab.must(`succeeds at attempt ${attempts}`, kind === "value" && server.requests.length === attempts);
      }
    },
  },
]);
