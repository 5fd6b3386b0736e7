// Group F, part 1: responses that never come or are too late.

import { becomes, type Lab } from "../lab.js";
import { errorName } from "../outcome.js";
import { type Row, testRows } from "../row.js";
import { shortenTimers } from "../servers/clock.js";
import type { Reply } from "../servers/faultServer.js";
import { failure, okToken, tokenBody } from "../servers/identityReplies.js";
import { afterDelay, head, raw, silence, stall, stallGzip, trickle } from "../servers/replies.js";
import type { IdentityClient } from "../subjects.js";
import { gapsOf, getToken } from "./calls.js";

const limit = { requestOptions: { timeout: 200 } };

/** Checks for a timeout of 200 ms. The default of 100 s would be longer than `lab.call` waits. */
async function judgeTimeout(lab: Lab, client: IdentityClient): Promise<void> {
  const { error, ms } = await lab.call(getToken(client, limit), 2_000);
  lab.must(`TimeoutError (${errorName(error)})`, errorName(error) === "TimeoutError");
  lab.must(`not before 200 ms (${ms} ms)`, ms >= 190);
}

/** Creates a row that checks a timeout of 200 ms on each reply, over Node's transport and over fetch. */
function timesOut(id: string, injection: string, replies: () => readonly Reply[]): Row {
  return {
    id,
    injection: `${injection}, and a timeout of 200 ms, on Node and on fetch`,
    bar: "rejects with a TimeoutError after 200 ms",
    async run(lab) {
      for (const reply of replies()) {
        const server = await lab.server(reply);
        await judgeTimeout(lab, lab.client(server));
      }
      await lab.inBrowserBuild(async (browser) => {
        for (const reply of replies()) {
          const server = await lab.server(reply);
          await judgeTimeout(lab, lab.client(server, {}, browser));
        }
      });
    },
  };
}

testRows([
  {
    id: "T65",
    injection: "no response or a stalled body, default options, and timers that run 100 times as fast",
    bar: "times out after the documented default of 100 s",
    async run(lab) {
      const { delays } = shortenTimers(100);
      for (const reply of [silence, stall(tokenBody(), 10)]) {
        const server = await lab.server(reply);
        const { error } = await lab.call(getToken(lab.client(server)), 4_500);
        lab.must(`TimeoutError (${errorName(error)})`, errorName(error) === "TimeoutError");
      }
      lab.must("of 100 s", delays.includes(100_000));
    },
  },
  timesOut("T66", "no complete head", () => [silence, raw("HTTP/1.1 200 OK\r\nContent-Le")]),
  timesOut("T67", "a body that stalls", () => [
    stall(tokenBody(), 10),
    raw(head(200, { "Transfer-Encoding": "chunked" })),
  ]),
  timesOut("T68", "one byte of the body every 50 ms", () => [trickle(tokenBody(), 50)]),
  {
    id: "T74",
    injection: "success with a timeout of 30 s, on Node and on fetch",
    bar: "leaves no timer behind",
    async run(lab) {
      const server = await lab.server(okToken());
      const long = { requestOptions: { timeout: 30_000 } };
      await lab.call(getToken(lab.client(server), long));
      await lab.inBrowserBuild(async (browser) => {
        await lab.call(getToken(lab.client(server, {}, browser), long));
      });
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
  {
    id: "X5",
    injection: "attempts that take 700 ms each and fail, and a timeout of 2 s",
    bar: "applies the limit to each attempt and makes 4 attempts",
    async run(lab) {
      const server = await lab.server(afterDelay(700, failure(500)));
      await lab.call(getToken(lab.client(server), { requestOptions: { timeout: 2_000 } }));
      lab.must(`4 attempts (${server.requests.length})`, server.requests.length === 4);
      lab.must(
        "700 ms each",
        gapsOf(server.requests).every((gap) => gap >= 695),
      );
    },
  },
  {
    id: "X6",
    injection: "timeouts of 0, -1, NaN, Infinity, and 1e12",
    bar: "doesn't time out at once",
    async run(lab) {
      for (const timeout of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e12]) {
        const server = await lab.server(afterDelay(50, okToken()));
        const { kind } = await lab.call(getToken(lab.client(server), { requestOptions: { timeout } }));
        lab.must(`succeeds with ${timeout}`, kind === "value");
      }
    },
  },
  {
    id: "X7",
    injection: "a gzip body that stalls, and a timeout of 200 ms",
    bar: "rejects with a TimeoutError after 200 ms and closes the socket",
    async run(lab) {
      const server = await lab.server(stallGzip(tokenBody()));
      await judgeTimeout(lab, lab.client(server));
      lab.must("socket closed", await becomes(() => server.openSockets === 0));
    },
  },
]);
