import { packageVersion } from "../../shared/version.js";
import { type Fault, faultConstraints } from "../../testing/faults/faults.js";
import { withoutContent } from "../../testing/log/requestLog.js";
import { regenerateKey } from "../../testing/service/accessKeys.js";
import { type Fake, resetFake } from "../../testing/service/fake.js";
import type { Duration, ServiceClock } from "../../testing/state/clock.js";
import { anything, boolean, optional } from "../../testing/validation/constraints.js";
import type { AccessKeyType } from "../../testing/wire/admission.js";
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

const duration = anything("an object of days, hours, minutes, seconds, milliseconds");

export const controlRoutes: readonly AdminRow[] = [
  get("/info", info),
  get("/requests", listRequests, {
    limit,
    brief: anything("present, for a list without headers and bodies"),
  }),
  get("/requests/{number}", showRequest),
  noContent("DELETE", "/requests", ({ fake }) => fake.log.clear()),
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
    set: anything("ISO 8601 or milliseconds"),
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
    revision: fake.state.revision + fake.log.revision + fake.faults.revision,
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

function listRequests({ fake, query }: AdminInput): RequestList<NumberedRequest | RequestLine> {
  const requests = numberedRequests(fake).slice(-requestedLimit(query)).reverse();
  return { requests: query.has("brief") ? requests.map(toRequestLine) : requests };
}

function showRequest({ fake, pathParameters }: AdminInput): NumberedRequest {
  const request = numberedRequests(fake).find(({ number }) => number === Number(pathParameters.number));
  if (!request) throw refused(404, "There is no request with this number, or none anymore");
  return request;
}

function numberedRequests({ log }: Fake): NumberedRequest[] {
  const requests = log.list();
  return requests.map((request, index) => ({ number: log.count - requests.length + index + 1, ...request }));
}

function toRequestLine(request: NumberedRequest): RequestLine {
  return { ...withoutContent(request), userAgent: request.headers["user-agent"] };
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
