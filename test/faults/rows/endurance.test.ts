// Beyond the matrix: many calls on one client.
import { setTimeout as pause } from "node:timers/promises";
import { type Lab, settlesWithinMs } from "../lab.js";
import { errorName } from "../outcome.js";
import { testRows } from "../row.js";
import type { FaultServer, Reply } from "../servers/faultServer.js";
import { failure, okToken, tokenBody } from "../servers/identityReplies.js";
import { answer, rawThenEnd, reset, silence, stall, truncate } from "../servers/replies.js";
import type { IdentityClient } from "../subjects.js";
import { getToken, judgeSockets } from "./calls.js";
import { heapInUse } from "./memory.js";

const inFlight = 16;

function randomFault(): Reply {
  const faults: readonly Reply[] = [
    reset,
    silence,
    failure(500),
    failure(503, { "Retry-After": "0" }),
    failure(404),
    truncate(200, tokenBody(), 9),
    stall(tokenBody(), 9),
    rawThenEnd("no HTTP"),
    answer({ headers: { "Content-Type": "text/html" }, body: "<html>" }),
  ];
  // On average, every other reply is healthy.
  const fault = faults[Math.floor(Math.random() * faults.length * 2)];
  return fault ?? okToken();
}

/** Runs calls, aborts a third of them at a random moment, and counts the names of their errors in `names`. */
async function manyCalls(
  lab: Lab,
  client: IdentityClient,
  server: FaultServer,
  total: number,
  names: Map<string, number>,
): Promise<void> {
  let left = total;
  const one = async (): Promise<void> => {
    while (left > 0) {
      left--;
      const controller = new AbortController();
      const timer = left % 3 === 0 ? setTimeout(() => controller.abort(), Math.random() * 20) : undefined;
      let name = "value";
      try {
        await getToken(client, { abortSignal: controller.signal })();
      } catch (error) {
        name = errorName(error);
        if (left % 40 === 0) lab.keep("error", error);
      }
      clearTimeout(timer);
      names.set(name, (names.get(name) ?? 0) + 1);
      if (left % 500 !== 0) continue;
      lab.searchSoFar();
      server.requests.length = 0;
    }
  };
  await Promise.race([Promise.all(Array.from({ length: inFlight }, one)), noProgress(() => left)]);
}

/** Rejects when a number hasn't changed for half a minute: a slow machine isn't a fault, but a call that never ends is. */
function noProgress(count: () => number): Promise<never> {
  return new Promise((_, reject) => {
    let last = count();
    const timer = setInterval(() => {
      if (last === 0) clearInterval(timer);
      else if (last === count()) {
        clearInterval(timer);
        reject(new Error(`no call ends any more, with ${last} to come`));
      }
      last = count();
    }, settlesWithinMs).unref();
  });
}

testRows([
  {
    id: "X14",
    injection: "4 000 calls on one client, with random faults and aborts",
    bar: "settles each, works afterwards, and doesn't leak memory, sockets, or timers",
    reportLimitMs: 150_000,
    async run(lab) {
      let healthy = false;
      const server = await lab.server((exchange) => (healthy ? okToken() : randomFault())(exchange));
      const client = lab.client(server, { retryOptions: { retryDelayInMs: 1 } });
      const limited: IdentityClient = Object.assign(Object.create(client), {
        getToken: (user: unknown, scopes: unknown, options: object) =>
          client.getToken(user, scopes, { ...options, requestOptions: { timeout: 80 } }),
      });
      const names = new Map<string, number>();
      const settled = async (calls: number): Promise<number> => {
        await manyCalls(lab, limited, server, calls, names);
        lab.searchSoFar();
        server.requests.length = 0;
        return heapInUse();
      };
      await settled(500);
      const before = await settled(500);
      const after = await settled(3_000);
      let growth = (after - before) / 1_048_576;
      // What was going on when the last call ended needs a while on a busy machine.
      for (let wait = 0; wait < 20 && growth >= 3; wait++) {
        await pause(1_000);
        growth = (heapInUse() - before) / 1_048_576;
      }
      lab.note([...names].map(([name, count]) => `${name} ${count}`).join(", "));
      lab.note(`heap +${growth.toFixed(1)} MB`);
      lab.must(`heap below +3 MB (${growth.toFixed(1)})`, growth < 3);
      const known = ["value", "RestError", "AbortError", "TimeoutError"];
      const unknown = [...names.keys()].filter((name) => !known.includes(name));
      lab.must(`documented errors alone (${unknown.join()})`, unknown.length === 0);
      await judgeSockets(lab, server, inFlight);
      healthy = true;
      lab.must("works afterwards", (await lab.call(getToken(client))).kind === "value");
    },
  },
]);
