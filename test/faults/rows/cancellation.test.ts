// Callers that abort, and signals that are broken.
import { becomes, type Lab, settlesWithinMs } from "../lab.js";
import { errorName } from "../outcome.js";
import { testRows } from "../row.js";
import { failure, okToken, tokenBody } from "../servers/identityReplies.js";
import { silence, stall, stallGzip, trickle } from "../servers/replies.js";
import type { IdentityClient } from "../subjects.js";
import { getToken } from "./calls.js";

/** Aborts a call that would otherwise take longer than `lab.call` waits. */
async function judgeAbort(lab: Lab, phase: string, client: IdentityClient): Promise<void> {
  const controller = lab.abortController();
  setTimeout(() => controller.abort(new Error("the caller gave up")), 120);
  const { error } = await lab.call(getToken(client, { abortSignal: controller.signal }), 1_500);
  lab.must(`${phase}: AbortError (${errorName(error)})`, errorName(error) === "AbortError");
}

testRows([
  {
    id: "T70",
    injection:
      "an abort during the retry delay, the connect, the head, the body, a trickled body, or a gzip body",
    bar: "rejects without waiting for what was going on, and closes the socket",
    async run(lab) {
      const waiting = await lab.server(failure(503));
      const longDelay = 10 * settlesWithinMs;
      const retryOptions = { retryDelayInMs: longDelay, maxRetryDelayInMs: longDelay };
      await judgeAbort(lab, "wait", lab.client(waiting, { retryOptions }));
      lab.must("no second attempt", waiting.requests.length <= 1);
      // It never answers the TLS handshake.
      const { port } = await lab.server(silence);
      await judgeAbort(lab, "connect", lab.client(`https://127.0.0.1:${port}`));
      for (const [phase, reply] of [
        ["head", silence],
        ["body", stall(tokenBody(), 10)],
        ["trickle", trickle(tokenBody(), 20)],
        ["gzip body", stallGzip(tokenBody())],
      ] as const) {
        const server = await lab.server(reply);
        await judgeAbort(lab, phase, lab.client(server));
        lab.must(`${phase}: socket closed`, await becomes(() => server.openSockets === 0));
      }
    },
  },
  {
    id: "X33",
    injection: "signals whose methods throw, or that abort while a listener is added",
    bar: "settles, and leaves no timer and no unhandled error",
    async run(lab) {
      const fail = (): never => {
        throw new Error("a broken signal");
      };
      const quiet = (): void => {};
      const signals: readonly object[] = [
        { aborted: false, addEventListener: fail, removeEventListener: quiet },
        { aborted: false, addEventListener: quiet, removeEventListener: fail },
        {
          aborted: false,
          addEventListener: (_type: string, listener: (event: object) => void) => listener({ type: "abort" }),
          removeEventListener: quiet,
        },
        {
          aborted: false,
          addEventListener(this: { aborted: boolean }, _type: string, listener: (event: object) => void) {
            this.aborted = true;
            listener({ type: "abort" });
          },
          removeEventListener: fail,
        },
      ];
      for (const reply of [okToken(), silence]) {
        for (const abortSignal of signals) {
          const server = await lab.server(reply);
          const options = { abortSignal, requestOptions: { timeout: 100 } };
          const client = lab.client(server, { retryOptions: { maxRetries: 1, retryDelayInMs: 1 } });
          const { kind } = await lab.call(getToken(client, options), 2_000);
          lab.must("ends", kind !== "pending");
        }
      }
    },
  },
]);
