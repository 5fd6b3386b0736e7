// Group F, part 2: callers that abort.
import { becomes, type Lab, settlesWithinMs } from "../lab.js";
import { errorName, readMember } from "../outcome.js";
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
    id: "T69",
    injection: "a signal that is aborted before the call",
    bar: "rejects with the reason as cause, and sends nothing",
    async run(lab) {
      const reason = new Error("too late");
      const server = await lab.server(okToken());
      const controller = lab.abortController();
      controller.abort(reason);
      const { error } = await lab.call(getToken(lab.client(server), { abortSignal: controller.signal }));
      lab.should("AbortError", errorName(error) === "AbortError");
      lab.should("the reason as cause", readMember(error, "cause") === reason);
      lab.must("nothing sent", server.requests.length === 0);
    },
  },
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
    id: "T71",
    injection: "AbortSignal.timeout, controller.abort(reason), and the timeout option",
    bar: "rejects with three distinguishable errors",
    async run(lab) {
      const server = await lab.server(silence);
      const client = lab.client(server);
      const bySignal = await lab.call(getToken(client, { abortSignal: AbortSignal.timeout(60) }));
      const controller = lab.abortController();
      const reason = new Error("shutting down");
      setTimeout(() => controller.abort(reason), 60);
      const byCaller = await lab.call(getToken(client, { abortSignal: controller.signal }));
      const byOption = await lab.call(getToken(client, { requestOptions: { timeout: 60 } }));
      const signalNames = [bySignal.error, readMember(bySignal.error, "cause")].map(errorName);
      lab.must("AbortSignal.timeout says TimeoutError", signalNames.includes("TimeoutError"));
      lab.must("abort says AbortError", errorName(byCaller.error) === "AbortError");
      lab.must("with the reason as cause", readMember(byCaller.error, "cause") === reason);
      lab.must("the option says TimeoutError", errorName(byOption.error) === "TimeoutError");
    },
  },
  {
    id: "T72",
    injection: "a signal that has the shape of an AbortSignal but isn't one",
    bar: "works and leaves no listener",
    async run(lab) {
      const listeners = new Set<() => void>();
      const signal = {
        aborted: false,
        addEventListener: (_type: string, listener: () => void) => void listeners.add(listener),
        removeEventListener: (_type: string, listener: () => void) => void listeners.delete(listener),
      };
      const server = await lab.server([okToken(), silence]);
      const client = lab.client(server);
      const { kind } = await lab.call(getToken(client, { abortSignal: signal }));
      lab.must("a call with it succeeds", kind === "value");
      setTimeout(() => {
        signal.aborted = true;
        for (const listener of [...listeners]) Reflect.apply(listener, signal, [{ type: "abort" }]);
      }, 60);
      const { error } = await lab.call(getToken(client, { abortSignal: signal }));
      lab.must("AbortError", errorName(error) === "AbortError");
      lab.must("no listener left", await becomes(() => listeners.size === 0));
    },
  },
  {
    id: "T73",
    injection: "100 calls one after another and 50 at once on one signal",
    bar: "leaves no listener and causes no MaxListenersExceededWarning, on Node 20 too",
    async run(lab) {
      const server = await lab.server(okToken());
      const client = lab.client(server);
      const { signal } = lab.abortController();
      const { kind } = await lab.call(async () => {
        for (let call = 0; call < 100; call++)
          await client.getToken({ communicationUserId: "8:acs:a_b" }, ["chat"], { abortSignal: signal });
        await Promise.all(Array.from({ length: 50 }, getToken(client, { abortSignal: signal })));
      }, 25_000);
      lab.must("all succeed", kind === "value" && server.requests.length === 150);
    },
  },
]);
