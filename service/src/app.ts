import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import cors from "@fastify/cors";
import underPressure from "@fastify/under-pressure";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import type { Acs } from "./acs.js";
import type { AcsUsers } from "./acsUsers.js";
import type { Authenticate, SignedIn } from "./authenticate.js";
import { pseudonymOf } from "./caller.js";
import { raiseAlarm, sortFailure, sortTeamsFailure } from "./failures.js";
import type { Limits } from "./limits.js";
import { describeCause } from "./log.js";
import { metrics } from "./metrics.js";
import { createOverloadLog } from "./overloadLog.js";
import { ConfigurationFault, OffboardedProblem, Overload, Problem, tryLater } from "./problem.js";
import { applyPolicy } from "./scopePolicy.js";
import type { Settings } from "./settings.js";
import type { KnownUser } from "./store/knownUser.js";
import type { Store } from "./store/store.js";
import { createTurns } from "./turns.js";

/** Milliseconds. Callers are promised 15 s, and a busy machine needs some of it for the response. */
export const longestRequest = 12_000;
/** If the event loop is later than this on average, new requests are refused instead of waiting with the others. */
const longestEventLoopDelay = 500;

export interface AppOptions extends Pick<Settings, "scopePolicy" | "teamsClientId" | "allowedOrigins"> {
  readonly users: AcsUsers;
  readonly acs: Acs;
  readonly limits: Limits;
  readonly store: Pick<Store, "offboarded">;
  readonly authenticate: Authenticate["authenticate"];
  readonly log: FastifyBaseLogger;
  /** `starting` until requests can be served; `draining` if the service should get no new ones. */
  readonly phase: () => "starting" | "serving" | "draining";
}

declare module "fastify" {
  interface FastifyRequest {
    /** Set on the routes that require a sign-in. */
    signedIn: AdmittedCaller | undefined;
    /** Aborts when the caller disconnects or has waited too long. */
    abortSignal: AbortSignal;
    /** Whether it was refused by an `Overload`. */
    isRefused: boolean;
  }
}

interface AdmittedCaller extends SignedIn {
  /** The caller's current ACS user. */
  readonly user: KnownUser | undefined;
}

export function createApp(options: AppOptions): FastifyInstance {
  const app: FastifyInstance = Fastify({
    loggerInstance: options.log,
    // `report` writes one line for each request, instead of Fastify's two.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: ({ headers }) => requestIdFrom(headers["x-request-id"]),
    bodyLimit: 1024,
    frameworkErrors: (error, request, reply) => void sendFailure(error, request, reply),
    clientErrorHandler: refuseUnreadable,
    requestTimeout: 25_000,
    // Node looks for slow headers and bodies only at intervals.
    http: { headersTimeout: 20_000, connectionsCheckingInterval: 2_000 },
    return503OnClosing: false,
    forceCloseConnections: "idle",
  });
  app.decorateRequest("signedIn", undefined);
  app.decorateRequest("abortSignal");
  app.decorateRequest("isRefused", false);
  // Some clients send `{}`, or a content type without a body. No route reads a body.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, _body, done) => done(null));
  app.register(cors, {
    origin: [...options.allowedOrigins],
    methods: ["POST", "DELETE"],
    allowedHeaders: ["Authorization", "Content-Type", "Teams-User-Aad-Token", "X-Request-Id"],
    exposedHeaders: ["Date", "Retry-After", "X-Request-Id"],
    maxAge: 7200,
    // OPTIONS without a preflight's headers is a 204, too, instead of a 400 in plain text.
    strictPreflight: false,
  });
  app.addHook("onRequest", async (request, reply) => {
    reply.headers({
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      "X-Request-Id": request.id,
    });
  });
  // Connections that are kept alive would keep a stopping instance alive.
  app.addHook("onSend", async (_request, reply) => {
    if (options.phase() === "draining") reply.header("Connection", "close");
  });
  app.addHook("onResponse", async (request, reply) => {
    if (!request.isRefused) report(request, reply);
  });
  const overloadLog = createOverloadLog(options.log);
  app.addHook("onClose", async () => overloadLog.flush());
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof Overload) {
      request.isRefused = true;
      overloadLog.note(error);
    }
    return sendFailure(error, request, reply);
  });
  const methods = new Map<string, unknown[]>();
  app.addHook(
    "onRoute",
    ({ url, method }) => void methods.set(url, [...(methods.get(url) ?? []), method].flat()),
  );
  app.setNotFoundHandler((request, reply) => {
    const allowed = methods.get(request.url.split("?", 1)[0] ?? "");
    if (!allowed) throw new Problem("not-found", "There is nothing here.");
    reply.header("Allow", allowed.join(", "));
    throw new Problem("method-not-allowed", `Use ${allowed.join(" or ")}.`);
  });
  // The routes are a plugin, so that its hooks apply to them alone.
  app.register((routes) => addRoutes(routes, options));
  addHealth(app, options);
  return app;
}

async function addRoutes(app: FastifyInstance, options: AppOptions): Promise<void> {
  const { users, acs, limits, store, authenticate, scopePolicy: policy, teamsClientId, phase } = options;

  async function admit(request: FastifyRequest): Promise<void> {
    const signedIn = await authenticate(request.headers.authorization, request.log);
    request.log = request.log.child({ caller: pseudonymOf(signedIn.caller) });
    request.signedIn = { ...signedIn, user: await limits.admit(signedIn.caller) };
  }

  const turns = createTurns();
  app.addHook("onRequest", async (request, reply) => {
    request.abortSignal = untilAnswered(reply);
    reply.raw.once("close", () => measure(request, reply));
    await turns.wait();
  });
  // The plugin is awaited, because its hook has to run before the next one, which costs most.
  await app.register(underPressure, {
    maxEventLoopDelay: longestEventLoopDelay,
    pressureHandler: async () => {
      throw new Overload("event loop", 5);
    },
  });
  app.addHook("onRequest", async (request) => {
    if (phase() === "starting") throw starting();
    await inTime(request, admit(request));
  });

  /** Refuses a caller who was offboarded while the token was issued. */
  async function mustStillBeAdmitted(request: FastifyRequest): Promise<void> {
    const isOffboarded = await inTime(request, store.offboarded.has(signedIn(request).caller));
    if (isOffboarded) throw new OffboardedProblem();
  }

  app.post("/token", async (request) => {
    const { caller, claims, user } = signedIn(request);
    const { scopes } = applyPolicy(claims, policy);
    if (scopes.length === 0) throw new Problem("no-scope", "You may not get a token here.");
    const issued = await inTime(request, users.issueToken(caller, user, scopes, request.abortSignal));
    await mustStillBeAdmitted(request);
    metrics.tokensIssued.add(1, { kind: "acs" });
    return { ...issued, scopes };
  });

  app.post("/token/teams", async (request) => {
    const { claims } = signedIn(request);
    const teamsUserAadToken = request.headers["teams-user-aad-token"];
    if (teamsClientId === undefined || !applyPolicy(claims, policy).teams) {
      throw new Problem("no-teams", "You may not get a Teams user's token here.");
    }
    if (typeof teamsUserAadToken !== "string" || teamsUserAadToken === "") {
      const detail = "Send Teams-User-Aad-Token: <the user's Entra token for Teams>.";
      throw new Problem("no-teams-token", detail);
    }
    if (typeof claims.oid !== "string") {
      throw new Problem("no-object-id", "The token of the sign-in lacks the claim oid.");
    }
    const { abortSignal } = request;
    const exchange = { teamsUserAadToken, clientId: teamsClientId, userObjectId: claims.oid, abortSignal };
    const exchanged = acs.client.getTokenForTeamsUser(exchange);
    const issued = await inTime(request, exchanged).catch((error: unknown) => {
      throw sortTeamsFailure(error);
    });
    await mustStillBeAdmitted(request);
    metrics.tokensIssued.add(1, { kind: "teams" });
    return issued;
  });

  function mustBePermitted({ claims }: SignedIn): void {
    const { scopes, teams } = applyPolicy(claims, policy);
    if (scopes.length === 0 && !teams) throw new Problem("no-scope", "You may not do this.");
  }

  app.post("/revoke", async (request, reply) => {
    mustBePermitted(signedIn(request));
    const { caller, user } = signedIn(request);
    await inTime(request, users.revokeTokens(caller, user, request.abortSignal));
    return reply.code(204).send();
  });

  app.delete("/user", async (request, reply) => {
    mustBePermitted(signedIn(request));
    await inTime(request, users.deleteUser(signedIn(request).caller, request.abortSignal));
    return reply.code(204).send();
  });
}

function addHealth(app: FastifyInstance, { phase }: AppOptions): void {
  /** The process works. */
  app.get("/healthz", async () => ({ status: "ok" }));

  /**
   * Requests are answered. Dependencies don't count: in an outage all instances would leave the load balancer at once,
   * and callers would lose the responses that tell them when to try again.
   */
  app.get("/readyz", async () => {
    if (phase() === "draining") throw tryLater("stopping", "This instance is about to stop.");
    if (phase() === "starting") throw starting();
    return { status: "ready" };
  });
}

const starting = () => tryLater("starting", "This instance is starting. Try again later.");

function signedIn({ signedIn }: FastifyRequest): AdmittedCaller {
  if (!signedIn) throw new Error("This route is for callers who have signed in");
  return signedIn;
}

/** Stops waiting for work that ignores the signal, such as a creation that others wait for, too. */
async function inTime<Result>({ abortSignal }: FastifyRequest, work: Promise<Result>): Promise<Result> {
  const aborted = abortSignal.aborted ? Promise.resolve() : once(abortSignal, "abort");
  const givenUp = aborted.then(() => {
    throw new DOMException("The request was given up", "AbortError");
  });
  return Promise.race([work, givenUp]);
}

/** Aborts when the caller closes the connection or has waited too long. */
function untilAnswered({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), longestRequest);
  raw.once("close", () => {
    clearTimeout(timer);
    if (!raw.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** Keeps a proxy's id if it is safe to log, so that all logs have the same id. */
function requestIdFrom(header: unknown): string {
  return typeof header === "string" && /^[\w.-]{1,64}$/.test(header) ? header : randomUUID();
}

function sendFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const failure = sortFailure(frameworkProblem(error) ?? error);
  logFailure(failure, request);
  const problem = failure instanceof Problem ? failure : new Problem("internal", "The service failed.");
  const { status, retryAfterInSeconds } = problem;
  // A load balancer that asks an instance until it is ready isn't a caller that fails.
  if (request.routeOptions.url !== "/readyz") {
    metrics.failures.add(1, { code: failure instanceof Problem ? failure.code : "alarm", status });
  }
  if (status === 401) reply.header("WWW-Authenticate", "Bearer");
  if (retryAfterInSeconds !== undefined) reply.header("Retry-After", String(retryAfterInSeconds));
  return reply.code(status).type(problemType).send(problemBody(problem, request.id));
}

const problemType = "application/problem+json";

function problemBody({ status, code, message: detail }: Problem, requestId: string): string {
  return JSON.stringify({ title: STATUS_CODES[status], status, code, detail, requestId });
}

/** Answers what Node can't read as a request, so that Fastify never sees it. */
function refuseUnreadable({ code }: Error & { readonly code?: string }, socket: Socket): void {
  const status = code === "HPE_HEADER_OVERFLOW" ? 431 : code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : 400;
  metrics.failures.add(1, { code: "bad-request", status });
  if (!socket.writable) return;
  const body = problemBody(
    new Problem("bad-request", "The request can't be read.", { status }),
    randomUUID(),
  );
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${problemType}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** Returns the problem for what Fastify itself refuses, such as a body that is too large. */
function frameworkProblem(error: unknown): Problem | undefined {
  const { code, statusCode: status = 500 } = Object(error);
  if (!String(code).startsWith("FST_") || status >= 500) return undefined;
  return new Problem("bad-request", "The request can't be read.", { status, cause: error });
}

function logFailure(failure: Problem | ConfigurationFault, { log, raw }: FastifyRequest): void {
  const cause = describeCause(failure.cause);
  if (failure instanceof ConfigurationFault) {
    raiseAlarm(failure, log);
  } else if (failure instanceof Overload) {
    // `overloadLog` counts it.
  } else if (raw.socket.destroyed) {
    // The request itself is destroyed, too, once its body has been read.
    log.info({ code: failure.code }, "The caller closed the connection");
  } else if (failure.status >= 500) {
    // A failure without a cause is expected: a limit, or an instance that is stopping.
    if (cause) log.error({ code: failure.code, cause }, failure.message);
    else log.warn({ code: failure.code }, failure.message);
  } else {
    log.info({ code: failure.code, cause }, failure.message);
  }
}

/** Whom nobody lets call gets an answer at once, which must not hide how long the others wait. */
function measure(
  { signedIn, routeOptions: { url: route = "none" } }: FastifyRequest,
  reply: FastifyReply,
): void {
  const { statusCode: status, elapsedTime } = reply;
  if (signedIn && (status < 400 || status >= 500))
    metrics.responseSeconds.record(elapsedTime / 1000, { route });
}

function report(request: FastifyRequest, reply: FastifyReply): void {
  const route = request.routeOptions.url ?? "none";
  const { statusCode: status, elapsedTime } = reply;
  const fields = { method: request.method, route, status, durationInMs: Math.round(elapsedTime) };
  // Health checks come every few seconds.
  const level = request.signedIn || status >= 400 ? "info" : "debug";
  request.log[level](fields, "Answered");
}
