import { packageVersion } from "../../shared/version.js";
import { type Fault, faultConstraints } from "../../testing/faults/faults.js";
import { withoutContent } from "../../testing/log/requestLog.js";
import { regenerateKey } from "../../testing/service/accessKeys.js";
import { type Fake, resetFake } from "../../testing/service/fake.js";
import { type Duration, isDuration, isTime, type ServiceClock } from "../../testing/state/clock.js";
import { anything, boolean, integer, optional } from "../../testing/validation/constraints.js";
import type { AccessKeyType } from "../../testing/wire/admission.js";
import { decodeSegment } from "../../testing/wire/locate.js";
import type { JsonObject } from "../../testing/wire/requestBody.js";
import {
  type AdminInput,
  type AdminRow,
  get,
  limit,
  noContent,
  post,
  refused,
  requestedLimit,
} from "./adminRow.js";
import { entraInfo } from "./entra.js";
import type {
  ClockInfo,
  EmulatorInfo,
  FaultList,
  NewKey,
  NumberedRequest,
  RequestLine,
  RequestList,
} from "./models.js";
import { snapshotRoutes } from "./snapshot.js";

const duration = optional({
  words: "an object of days, hours, minutes, seconds, milliseconds, each a finite number",
  is: isDuration,
});

export const controlRoutes: readonly AdminRow[] = [
  get("/info", info),
  get("/requests", listRequests, {
    limit,
    before: optional(integer(1, Number.MAX_SAFE_INTEGER)),
    after: optional(integer(0, Number.MAX_SAFE_INTEGER)),
    brief: anything("present, for a list without headers and bodies"),
  }),
  get("/requests/{number}", showRequest),
  noContent("DELETE", "/requests", ({ fake }) => fake.requestLog.clear()),
  get("/faults", ({ fake }): FaultList => ({ faults: fake.faults.list() })),
  noContent("POST", "/faults", ({ service, body }) => service.failNext(body as Fault), faultConstraints),
  noContent("DELETE", "/faults", ({ fake }) => fake.faults.clear()),
  noContent("DELETE", "/faults/{number}", ({ fake, pathParameters }) => {
    if (!fake.faults.remove(Number(pathParameters.number)))
      throw refused(404, "There is no fault with this number, or none anymore");
  }),
  get("/clock", ({ fake }) => clockState(fake)),
  post("/clock", 200, moveClock, {
    reset: optional(boolean),
    freeze: optional(boolean),
    set: optional({ words: "ISO 8601 or milliseconds, from 1970 to 2100", is: isTime }),
    advance: duration,
    skew: duration,
  }),
  post("/keys/regenerate", 200, regenerate, { keyType: anything("Primary or Secondary, required") }),
  noContent("POST", "/reset", ({ fake }) => fake.store.change((draft) => resetFake(fake, draft))),
  ...snapshotRoutes,
];

function info({ fake, service, startId, certificateFile }: AdminInput): EmulatorInfo {
  const { resourceId, strictness } = fake.settings;
  return {
    endpoint: service.endpoint,
    connectionString: service.connectionString,
    secondaryConnectionString: service.secondaryConnectionString,
    certificateFile,
    resourceId,
    entra: entraInfo({ service }),
    strictness,
    users: fake.state.userCount,
    version: packageVersion,
    revocationDelayInMs: fake.settings.revocationDelayInMs,
    faults: fake.faults.list().length,
    startId,
    resets: fake.state.resets,
    // Changes whenever users, tokens, requests or faults change, so that the page needn't reread the lists otherwise.
    revision: fake.state.revision + fake.requestLog.revision + fake.faults.revision,
    stateRevision: fake.state.revision,
    requests: fake.requestLog.count,
    requestsCleared: fake.requestLog.cleared,
    ...clockState(fake),
  };
}

/** Takes and returns what Azure's `regenerateKey` does, in which the case of the type doesn't matter, either. */
async function regenerate({ fake, service, body }: AdminInput): Promise<NewKey> {
  const keyType = String(body.keyType).toLowerCase() as AccessKeyType;
  await fake.store.change((draft) => regenerateKey(fake, draft, keyType));
  return keyType === "primary"
    ? { key: service.accessKey, connectionString: service.connectionString }
    : { key: service.secondaryAccessKey, connectionString: service.secondaryConnectionString };
}

/** Lists requests, newest first: those between the numbers `after` and `before`, the newest of them if these are too many. */
function listRequests({ fake, query }: AdminInput): RequestList<NumberedRequest | RequestLine> {
  const { requestLog: log } = fake;
  const kept = log.list();
  const first = log.count - kept.length + 1;
  const end = Math.max(0, Math.min(kept.length, Number(query.get("before") ?? Infinity) - first));
  const start = Math.max(0, Number(query.get("after") ?? 0) - first + 1, end - requestedLimit(query));
  const requests = kept
    .slice(start, end)
    .map((request, index) => ({ number: first + start + index, ...request }))
    .reverse();
  return {
    requests: query.has("brief") ? requests.map((request) => toRequestLine(fake, request)) : requests,
    total: kept.length,
    dropped: log.dropped,
  };
}

function showRequest({ fake: { requestLog: log }, pathParameters }: AdminInput): NumberedRequest {
  const number = Number(pathParameters.number);
  const kept = log.list();
  const request = kept[number - log.count + kept.length - 1];
  if (!request) throw refused(404, "There is no request with this number, or none anymore");
  return { number, ...request };
}

/** Its user is the one that the path or, as for a new user, the response names. */
function toRequestLine({ state }: Fake, request: NumberedRequest): RequestLine {
  const [, id] = (request.operation && /^\/+identities\/([^/:?][^/?]*)/.exec(request.target)) || [];
  return {
    ...withoutContent(request),
    userAgent: request.headers["user-agent"],
    clientRequestId: request.headers["x-ms-client-request-id"],
    customId: state.user(request.userId ?? decodeSegment(id ?? "") ?? "")?.customId,
  };
}

function clockState({ clock }: Fake): ClockInfo {
  const { skewInMs, frozenAt } = clock.state;
  return {
    time: clock.now().toISOString(),
    frozen: frozenAt !== undefined,
    skewInMs,
    wallTime: new Date(clock.wallTime).toISOString(),
  };
}

/** Applies all changes or none. The clock is frozen before it is set, so that it stops at exactly that time. */
function moveClock({ fake, body }: AdminInput): ClockInfo {
  const moved = fake.clock.copy();
  move(moved, body);
  fake.clock.state = moved.state;
  return clockState(fake);
}

function move(clock: ServiceClock, body: JsonObject): void {
  const { freeze, reset } = body;
  if (reset) clock.reset();
  if (freeze) clock.freeze();
  if (body.set !== undefined) clock.set(body.set as string | number);
  if (body.advance !== undefined) clock.advance(body.advance as Duration);
  if (body.skew !== undefined) clock.skew(body.skew as Duration);
  if (freeze === false) clock.resume();
}
