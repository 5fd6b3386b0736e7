// Group C, part 2: a wrong clock, the client's or the server's.
import { signatureFault } from "../../helpers/wireSignature.js";
import { accessKey } from "../canaries.js";
import { testRows } from "../row.js";
import type { Reply } from "../servers/faultServer.js";
import { failure, okToken } from "../servers/identityReplies.js";
import type { ReceivedRequest } from "../servers/requestReader.js";
import { getToken } from "./calls.js";

const minute = 60_000;

/** Replies like the service with a clock that is off by `offset` milliseconds, and sends its time in Date. */
function serverAt(offset: () => number): Reply {
  return (exchange) => {
    const now = Date.now() + offset();
    const headers = { Date: new Date(now).toUTCString() };
    const fault = signatureFault(exchange.request, accessKey, now);
    (fault ? failure(401, headers) : okToken(headers))(exchange);
  };
}

/** Returns how far the date of a request is from the current time, in milliseconds. */
function ageOf({ headers }: ReceivedRequest): number {
  return Math.abs(Date.now() - Date.parse(headers.get("x-ms-date") ?? ""));
}

testRows([
  {
    id: "T34",
    injection: "a server clock that is 20 minutes ahead or behind, or 36 hours ahead",
    bar: "corrects its date once and succeeds, signs the next call correctly at once, and has an opt-out",
    async run(lab) {
      for (const offset of [20 * minute, -20 * minute, 36 * 60 * minute]) {
        const server = await lab.server(serverAt(() => offset));
        const client = lab.client(server);
        const first = await lab.call(getToken(client));
        lab.must("recovers", first.kind === "value");
        lab.must("one corrected try", server.requests.length === 2);
        const second = await lab.call(getToken(client));
        lab.must("the next call is right at once", second.kind === "value" && server.requests.length === 3);
        const switchedOff = await lab.server(serverAt(() => offset));
        await lab.call(getToken(lab.client(switchedOff, { clockCorrection: false })));
        lab.must("no try when switched off", switchedOff.requests.length === 1);
      }
    },
  },
  {
    id: "T35",
    injection: "401 with a Date that is right, 30 s off, absent, or junk",
    bar: "makes one attempt",
    async run(lab) {
      const dates = [new Date(), new Date(Date.now() + 30_000)].map((date) => date.toUTCString());
      for (const date of [...dates, "", "yesterday"]) {
        const server = await lab.server(failure(401, { Date: date }));
        await lab.call(getToken(lab.client(server)));
        lab.must(`one attempt (${server.requests.length})`, server.requests.length === 1);
      }
    },
  },
  {
    id: "X2",
    injection: "successes with a Date that jumps by hours",
    bar: "signs every request with its own clock",
    async run(lab) {
      const hours = [1, -3, 24, -24 * 365, 9];
      const server = await lab.server(
        hours.map((hour) => okToken({ Date: new Date(Date.now() + hour * 60 * minute).toUTCString() })),
      );
      const client = lab.client(server);
      for (const _ of hours) await lab.call(getToken(client));
      lab.must("5 requests", server.requests.length === 5);
      const oldest = Math.max(...server.requests.map(ageOf));
      lab.must(`dates of its own (${oldest} ms)`, oldest < 10_000);
    },
  },
  {
    id: "X3",
    injection: "401 with a different Date each time, then a healthy server",
    bar: "makes at most two attempts per call, and succeeds as soon as the server is healthy",
    async run(lab) {
      let offset: number | undefined;
      const jumping: Reply = (exchange) => {
        if (offset === undefined) return serverAt(() => 0)(exchange);
        offset += 77 * minute;
        failure(401, { Date: new Date(Date.now() + offset).toUTCString() })(exchange);
      };
      const server = await lab.server(jumping);
      const client = lab.client(server);
      offset = 60 * minute;
      for (let call = 1; call <= 5; call++) {
        const before = server.requests.length;
        await lab.call(getToken(client));
        lab.must("two attempts at most", server.requests.length - before <= 2);
      }
      offset = undefined;
      const { kind } = await lab.call(getToken(client));
      lab.must("the healthy call succeeds", kind === "value");
    },
  },
]);
