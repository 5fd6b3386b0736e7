import type { Duration } from "../../testing/clock.js";
import type { Fault } from "../../testing/faults.js";
import type { ServiceCore } from "../../testing/serviceCore.js";
import type { ServiceSnapshot } from "../../testing/snapshot.js";
import type { JsonObject } from "../../testing/wire/requestBody.js";
import { packageVersion } from "../../version.js";
import { type AdminAnswer, type AdminCall, type AdminRoute, limitOf } from "./adminRoute.js";

export const controlRoutes: readonly AdminRoute[] = [
  { method: "GET", path: "/info", run: info },
  { method: "GET", path: "/requests", run: listRequests },
  { method: "DELETE", path: "/requests", run: done(({ core }) => core.log.clear()) },
  {
    method: "GET",
    path: "/faults",
    run: ({ core }) => ({ status: 200, body: { faults: core.faults.list() } }),
  },
  { method: "POST", path: "/faults", run: done(({ service, body }) => service.failNext(body as Fault)) },
  { method: "DELETE", path: "/faults", run: done(({ core }) => core.faults.clear()) },
  { method: "GET", path: "/clock", run: showClock },
  { method: "POST", path: "/clock", run: moveClock },
  { method: "POST", path: "/reset", run: done(({ service }) => service.reset()) },
  { method: "GET", path: "/snapshot", run: ({ service }) => ({ status: 200, body: service.snapshot() }) },
  {
    method: "PUT",
    path: "/snapshot",
    run: done(({ service, body }) => service.restore(body as unknown as ServiceSnapshot)),
  },
];

/** An operation that has nothing to answer. */
function done(action: (call: AdminCall) => void): AdminRoute["run"] {
  return (call) => {
    action(call);
    return { status: 204 };
  };
}

function info({ core, service }: AdminCall): AdminAnswer {
  const { resourceId, strict, loose } = core.settings;
  return {
    status: 200,
    body: {
      endpoint: service.endpoint,
      connectionString: service.connectionString,
      resourceId,
      strictness: strict ? "strict" : loose ? "loose" : "standard",
      users: core.state.userCount,
      version: packageVersion,
      faults: core.faults.list().reduce((sum, { times = 1 }) => sum + times, 0),
      // Another number whenever users, tokens or requests are others, so that a page need not read them all.
      revision: core.state.revision + core.log.revision,
      ...clockState(core),
    },
  };
}

/** Newest first, each with the number under which it came in. */
function listRequests({ core, query }: AdminCall): AdminAnswer {
  const newest = core.log.list().slice(-limitOf(query)).reverse();
  const requests = newest.map((request, index) => ({ number: core.log.count - index, ...request }));
  return { status: 200, body: { requests } };
}

function showClock({ core }: AdminCall): AdminAnswer {
  return { status: 200, body: clockState(core) };
}

function clockState({ clock }: ServiceCore): object {
  const { skew, frozenAt } = clock.state;
  return { time: clock.now().toISOString(), frozen: frozenAt !== undefined, skewInMs: skew };
}

/** Any of `reset`, `freeze`, `set`, `advance` and `skew`, done in this order: frozen first, so that it stops where it is set to. */
function moveClock(call: AdminCall): AdminAnswer {
  const { core, body } = call;
  if (body.reset === true) core.clock.reset();
  if (body.freeze === true) core.clock.freeze();
  if (body.set !== undefined) core.clock.set(body.set as string | number);
  if (body.advance !== undefined) core.clock.advance(duration(body, "advance"));
  if (body.skew !== undefined) core.clock.skew(duration(body, "skew"));
  if (body.freeze === false) core.clock.resume();
  return showClock(call);
}

function duration(body: JsonObject, name: string): Duration {
  const value = body[name];
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`${name} must be an object like { "hours": 23 }`);
  }
  return value;
}
