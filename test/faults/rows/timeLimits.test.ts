import { becomes } from "../lab.js";
import { errorName } from "../outcome.js";
import { testRows } from "../row.js";
import type { Reply } from "../servers/faultServer.js";
import { okToken, tokenBody } from "../servers/identityReplies.js";
import { afterDelay, head, raw, silence, stall, stallGzip, trickle } from "../servers/replies.js";
import type { IdentityClient } from "../subjects.js";
import { getToken } from "./calls.js";

/** Responses whose head or body never ends. */
const endless: readonly Reply[] = [
  silence,
  raw("HTTP/1.1 200 OK\r\nContent-Le"),
  stall(tokenBody(), 10),
  stallGzip(tokenBody()),
  raw(head(200, { "Transfer-Encoding": "chunked" })),
  trickle(tokenBody(), 50),
];

testRows([
  {
    id: "T66",
    injection: "no complete head, or a body that stalls or comes byte by byte, and a timeout of 200 ms",
    bar: "rejects with a TimeoutError after 200 ms, on Node and on fetch, and closes the socket on Node",
    async run(lab) {
      for (const reply of endless) {
        const server = await lab.server(reply);
        const judge = async (client: IdentityClient): Promise<void> => {
          const call = getToken(client, { requestOptions: { timeout: 200 } });
          // The default of 100 s would be longer than this waits.
          const { error, ms } = await lab.call(call, 2_000);
          lab.must(`TimeoutError (${errorName(error)})`, errorName(error) === "TimeoutError");
          lab.must(`not before 200 ms (${ms} ms)`, ms >= 190);
        };
        await judge(lab.client(server));
        lab.must("socket closed", await becomes(() => server.openSockets === 0));
        await lab.inBrowserBuild((browser) => judge(lab.client(server, {}, browser)));
      }
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
