import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import cors from "@fastify/cors";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import type { AcsUsers } from "./acsUsers.js";
import type { Authenticate, SignedIn } from "./authenticate.js";
import { describeCause, sortFailure, sortTeamsFailure } from "./failures.js";
import { type Limits, pseudonymOf } from "./limits.js";
import { metrics } from "./metrics.js";
import { ConfigurationFault, Problem } from "./problem.js";
import { permissionsOf, type ScopePolicy } from "./scopePolicy.js";
import type { Store } from "./store/store.js";
import { traceRequests } from "./traceRequests.js";

/** The longest time that a caller waits, including retries, in milliseconds. */
const longestRequest = 15_000;
const longestReadiness = 2_000;

export interface AppOptions {
  readonly users: AcsUsers;
  readonly store: Store;
  readonly limits: Limits;
  readonly authenticate: Authenticate;
  readonly policy: ScopePolicy;
  readonly teamsClientId: string | undefined;
  readonly allowedOrigins: readonly string[];
  readonly log: FastifyBaseLogger;
  /** Whether the service is about to stop and should get no new requests. */
  readonly isDraining: () => boolean;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Set on the routes that require a sign-in. */
    signedIn: SignedIn | undefined;
    /** Aborts when the caller disconnects or has waited too long. */
    abortSignal: AbortSignal;
  }
}

export function createApp(options: AppOptions): FastifyInstance {
  const app: FastifyInstance = Fastify({
    loggerInstance: options.log,
    // `report` writes one line for each request, instead of Fastify's two.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: ({ headers }) => requestIdFrom(headers["x-request-id"]),
    bodyLimit: 1024,
    requestTimeout: 30_000,
    return503OnClosing: false,
    forceCloseConnections: "idle",
  });
  app.decorateRequest("signedIn", undefined);
  app.decorateRequest("abortSignal");
  acceptAnyBody(app);
  app.register(cors, {
    origin: [...options.allowedOrigins],
    methods: ["POST", "DELETE"],
    allowedHeaders: ["Authorization", "Content-Type", "Teams-User-Aad-Token", "X-Request-Id"],
    exposedHeaders: ["Date", "Retry-After", "X-Request-Id"],
    maxAge: 7200,
  });
  traceRequests(app);
  app.addHook("onRequest", async (request, reply) => {
    reply.headers({
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      "X-Request-Id": request.id,
    });
  });
  // Otherwise keep-alive connections would keep a stopping instance alive.
  app.addHook("onSend", async (_request, reply) => {
    if (options.isDraining()) reply.header("Connection", "close");
  });
  app.addHook("onResponse", async (request, reply) => report(request, reply));
  app.setErrorHandler((error, request, reply) => sendFailure(error, request, reply));
  app.setNotFoundHandler(() => {
    throw new Problem(404, "not-found", "There is nothing here.");
  });
  // In a separate plugin, so that its hooks apply only to its routes.
  app.register(async (routes) => addRoutes(routes, options));
  addHealth(app, options);
  return app;
}

function addRoutes(app: FastifyInstance, options: AppOptions): void {
  const { users, limits, authenticate, policy, teamsClientId } = options;

  app.addHook("onRequest", async (request, reply) => {
    request.abortSignal = AbortSignal.any([closedEarly(reply), AbortSignal.timeout(longestRequest)]);
    request.signedIn = await authenticate(request.headers.authorization);
    request.log = request.log.child({ caller: pseudonymOf(request.signedIn.caller) });
    await limits.takeForCaller(request.signedIn.caller);
  });

  app.post("/token", async (request) => {
    const { caller, claims } = signedIn(request);
    const { scopes } = permissionsOf(claims, policy);
    if (scopes.length === 0) throw new Problem(403, "no-scope", "You may not get a token here.");
    const issued = await inTime(request, users.issueToken(caller, scopes, request.abortSignal));
    metrics.tokensIssued.add(1, { kind: "acs" });
    return { ...issued, scopes };
  });

  app.post("/token/teams", async (request) => {
    const { claims } = signedIn(request);
    const teamsUserAadToken = request.headers["teams-user-aad-token"];
    if (teamsClientId === undefined || !permissionsOf(claims, policy).teams) {
      throw new Problem(403, "no-teams", "You may not get a Teams user's token here.");
    }
    if (typeof teamsUserAadToken !== "string" || teamsUserAadToken === "") {
      throw new Problem(
        400,
        "no-teams-token",
        "Send Teams-User-Aad-Token: <the user's Entra token for Teams>.",
      );
    }
    if (typeof claims.oid !== "string") {
      throw new Problem(403, "no-object-id", "The token of the sign-in lacks the claim oid.");
    }
    const exchange = { teamsUserAadToken, clientId: teamsClientId, userObjectId: claims.oid };
    const issued = await inTime(request, users.exchangeTeamsToken(exchange, request.abortSignal)).catch(
      (error: unknown) => {
        throw sortTeamsFailure(error);
      },
    );
    metrics.tokensIssued.add(1, { kind: "teams" });
    return issued;
  });

  app.post("/revoke", async (request, reply) => {
    await inTime(request, users.revokeTokens(signedIn(request).caller, request.abortSignal));
    return reply.code(204).send();
  });

  app.delete("/user", async (request, reply) => {
    await inTime(request, users.deleteUser(signedIn(request).caller, request.abortSignal));
    return reply.code(204).send();
  });
}

function addHealth(app: FastifyInstance, { store, isDraining }: AppOptions): void {
  /** The process works. Its dependencies don't count, because a restart wouldn't fix them. */
  app.get("/healthz", async () => ({ status: "ok" }));

  /**
   * Requests can be answered. ACS doesn't count: in an outage all instances would leave the load balancer at once, and
   * callers would lose the answers that tell them when to try again.
   */
  app.get("/readyz", async () => {
    if (isDraining()) throw new Problem(503, "stopping", "This instance is about to stop.");
    const ping = store.ping().catch((cause: unknown) => cause ?? "failed");
    const failure = await Promise.race([ping, timeout(longestReadiness)]);
    if (failure) throw new Problem(503, "no-database", "The database can't be reached.", { cause: failure });
    return { status: "ready" };
  });
}

function signedIn({ signedIn }: FastifyRequest): SignedIn {
  if (!signedIn) throw new Error("This route is for callers who have signed in");
  return signedIn;
}

/** Stops waiting for work that ignores the signal, such as a creation that others wait for, too. */
async function inTime<Result>({ abortSignal }: FastifyRequest, work: Promise<Result>): Promise<Result> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new DOMException("The request was given up", "AbortError"));
    abortSignal.addEventListener("abort", onAbort, { once: true });
    if (abortSignal.aborted) onAbort();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    abortSignal.removeEventListener("abort", onAbort);
  }
}

function closedEarly({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once("close", () => {
    if (!raw.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** Some clients send `{}`, or a content type without a body. No route reads a body. */
function acceptAnyBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, _body, done) => done(null));
}

/** Keeps a proxy's id if it is safe to log, so that all logs have the same id. */
function requestIdFrom(header: unknown): string {
  return typeof header === "string" && /^[\w.-]{1,64}$/.test(header) ? header : randomUUID();
}

function sendFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const failure = sortFailure(frameworkProblem(error) ?? error);
  logFailure(failure, request);
  const { status, code, message, retryAfterInSeconds } =
    failure instanceof Problem ? failure : new Problem(500, "internal", "The service failed.");
  metrics.failures.add(1, { code });
  if (status === 401) reply.header("WWW-Authenticate", "Bearer");
  if (retryAfterInSeconds !== undefined) reply.header("Retry-After", String(retryAfterInSeconds));
  return reply
    .code(status)
    .type("application/problem+json")
    .send(
      JSON.stringify({ title: STATUS_CODES[status], status, code, detail: message, requestId: request.id }),
    );
}

/** Returns the problem for what Fastify itself refuses, such as a body that is too large. */
function frameworkProblem(error: unknown): Problem | undefined {
  if (!(error instanceof Error) || !("code" in error) || !String(error.code).startsWith("FST_"))
    return undefined;
  const status = "statusCode" in error ? Number(error.statusCode) : 500;
  return status < 500
    ? new Problem(status, "bad-request", "The request can't be read.", { cause: error })
    : undefined;
}

function logFailure(failure: Problem | ConfigurationFault, { log, raw }: FastifyRequest): void {
  const cause = describeCause(failure.cause);
  if (failure instanceof ConfigurationFault) {
    metrics.alarms.add(1, { alarm: failure.alarm });
    log.error({ alarm: failure.alarm, cause }, failure.message);
  } else if (raw.destroyed) {
    log.info({ code: failure.code }, "The caller closed the connection");
  } else if (failure.status >= 500) {
    // A failure without a cause is expected: a limit, or an instance that is stopping.
    if (cause) log.error({ code: failure.code, cause }, failure.message);
    else log.warn({ code: failure.code }, failure.message);
  } else {
    log.info({ code: failure.code, cause }, failure.message);
  }
}

function report(request: FastifyRequest, reply: FastifyReply): void {
  const route = request.routeOptions.url ?? "none";
  const { method } = request;
  const { statusCode: status, elapsedTime } = reply;
  metrics.duration.record(elapsedTime / 1000, {
    "http.request.method": method,
    "http.route": route,
    "http.response.status_code": status,
  });
  const fields = { method, route, status, durationInMs: Math.round(elapsedTime) };
  // Health checks come every few seconds, so they're logged as debug.
  if (request.signedIn || status >= 400) request.log.info(fields, "Answered");
  else request.log.debug(fields, "Answered");
}

function timeout(milliseconds: number): Promise<string> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, "timed out").unref());
}
