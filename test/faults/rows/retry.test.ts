// Group E, part 1: which responses are retried, and when.
import { messageOf, readMember } from "../outcome.js";
import { type Row, testRows } from "../row.js";
import { failure, okToken } from "../servers/identityReplies.js";
import type { Headers } from "../servers/replies.js";
import { gapsOf, getToken } from "./calls.js";

const date = (inMs: number): string => new Date(Date.now() + inMs).toUTCString();

/** Creates a row that replies with one failure, then success, and measures how long the client waits. */
function waits(
  id: string,
  statuses: readonly number[],
  headers: () => Headers,
  shortestMs: number,
  rest: Pick<Row, "injection" | "bar">,
): Row {
  return {
    id,
    ...rest,
    async run(lab) {
      for (const status of statuses) {
        const server = await lab.server([failure(status, headers()), okToken()]);
        const { kind } = await lab.call(getToken(lab.client(server)), 4_000);
        const [gap = 0] = gapsOf(server.requests);
        lab.note(`${status}: [${server.requests.length}] after ${gap} ms`);
        lab.must(`recovered from ${status}`, kind === "value" && server.requests.length === 2);
        lab.must(`waits ${shortestMs} ms`, gap >= shortestMs);
      }
    },
  };
}

testRows([
  waits("T47", [429, 503], () => ({ "Retry-After": "1" }), 990, {
    injection: "429 and 503 with Retry-After: 1",
    bar: "waits a second, then succeeds",
  }),
  {
    id: "T48",
    injection: "429 with retry-after-ms or x-ms-retry-after-ms, and Retry-After: 90",
    bar: "prefers the milliseconds",
    async run(lab) {
      for (const name of ["retry-after-ms", "x-ms-retry-after-ms"]) {
        const server = await lab.server([failure(429, { [name]: "120", "Retry-After": "90" }), okToken()]);
        const { kind } = await lab.call(getToken(lab.client(server)), 3_000);
        const [gap = 0] = gapsOf(server.requests);
        lab.note(`${name}: ${gap} ms`);
        lab.must(`${name} honoured`, kind === "value" && gap >= 110);
      }
    },
  },
  waits("T49", [429], () => ({ "Retry-After": date(2_000) }), 900, {
    injection: "429 with Retry-After as an HTTP date",
    bar: "waits until then, then succeeds",
  }),
  waits("T51", [500, 502, 504, 408], () => ({ "Retry-After": "1" }), 990, {
    injection: "500, 502, 504, and 408 with Retry-After: 1",
    bar: "waits a second, then succeeds",
  }),
  {
    id: "T52",
    injection: "503 with Retry-After: 3600",
    bar: "fails without waiting, with the delay on the error",
    async run(lab) {
      const server = await lab.server([failure(503, { "Retry-After": "3600" }), okToken()]);
      const { kind, error } = await lab.call(getToken(lab.client(server)), 2_000);
      lab.must("fails without waiting", kind === "error");
      lab.must("one attempt", server.requests.length === 1);
      lab.must("retryAfterInMs on the error", readMember(error, "retryAfterInMs") === 3_600_000);
      lab.must("error says 503", readMember(error, "statusCode") === 503);
    },
  },
  {
    id: "T53",
    injection: "503 with Retry-After: 2592000, 4294967297, a date in 2999, or 400 digits",
    bar: "never retries immediately and causes no TimeoutOverflowWarning",
    async run(lab) {
      for (const value of ["2592000", "Fri, 01 Feb 2999 00:00:00 GMT", "9".repeat(400), "4294967297"]) {
        const server = await lab.server([failure(503, { "Retry-After": value })]);
        await lab.call(getToken(lab.client(server)), 2_000);
        const quickest = Math.min(...gapsOf(server.requests), 9_999);
        lab.note(`${value.slice(0, 10)}: [${server.requests.length}]`);
        // 400 digits aren't a valid delay, so the usual backoff of a few milliseconds is right for them.
        if (value.length < 40) lab.must(`no immediate try (${quickest} ms)`, quickest > 1_000);
      }
    },
  },
  {
    id: "T55",
    injection: "500 on every attempt",
    bar: "makes 4 attempts with growing, jittered delays, and says in the error how many",
    async run(lab) {
      const server = await lab.server(failure(500));
      const client = lab.client(server, { retryOptions: { retryDelayInMs: 100, maxRetryDelayInMs: 250 } });
      const { error } = await lab.call(getToken(client), 4_000);
      const gaps = gapsOf(server.requests);
      lab.note(`waits ${gaps.join(", ")} ms`);
      lab.must("4 attempts", server.requests.length === 4);
      lab.must(
        "waits 50 ms or longer",
        gaps.every((gap) => gap >= 45),
      );
      lab.must("error says 500", readMember(error, "statusCode") === 500);
      const tellsCount =
        readMember(error, "attempts") === 4 || /\b4 (attempts|tries|times)/.test(messageOf(error));
      lab.should("the error tells the attempts", tellsCount);
    },
  },
]);
