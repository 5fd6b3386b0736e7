import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { isRestError, type RestErrorInfo } from "acs-identity";
import { authenticate, NotSignedInError, type TrustedIssuer } from "./authenticate.js";
import type { CallerTokens } from "./callerTokens.js";
import type { DevIssuer } from "./devIssuer.js";
import { pageFile } from "./pageFile.js";
import type { Caller } from "./userStore.js";

export interface TokenServiceOptions {
  readonly tokens: CallerTokens;
  readonly trusted: TrustedIssuer;
  /** Serves `POST /dev/sign-in`. On the emulator only. */
  readonly devIssuer?: DevIssuer;
  /** How long a caller waits at most, retries included. Milliseconds. */
  readonly limitInMs?: number;
  /** Told what the caller is not. Default: the console. */
  readonly log?: (line: string) => void;
}

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

type Action = (caller: Caller, abortSignal: AbortSignal) => Promise<Answer>;

/** The service as a listener of `node:http`, or as a middleware of whatever has those. */
export function createTokenService(options: TokenServiceOptions): RequestListener {
  const { tokens, trusted, devIssuer, limitInMs = 15_000, log = console.error } = options;

  const actions: Record<string, Action | undefined> = {
    "POST /api/token": async (...call) => ({ status: 200, body: await tokens.issue(...call) }),
    "POST /api/token/revoke": (...call) => done(tokens.revoke(...call)),
    "DELETE /api/user": (...call) => done(tokens.delete(...call)),
  };

  async function answer(request: IncomingMessage, abortSignal: AbortSignal): Promise<Answer> {
    const path = request.url?.split("?", 1)[0] ?? "";
    const action = actions[`${request.method} ${path}`];
    if (action) return action(await authenticate(request.headers.authorization, trusted), abortSignal);
    if (devIssuer && request.method === "POST" && path === "/dev/sign-in") return signIn(devIssuer, request);
    const file = request.method === "GET" ? await pageFile(path) : undefined;
    return file ?? { status: 404, body: { error: { code: "NotFound", message: "There is nothing here" } } };
  }

  return (request, response) => {
    const abortSignal = AbortSignal.any([closedEarly(response), AbortSignal.timeout(limitInMs)]);
    Promise.race([answer(request, abortSignal), rejectedBy(abortSignal)])
      .catch((error: unknown) => (response.destroyed ? undefined : failure(error, log)))
      .then((result) => result && send(response, result))
      .catch((error: unknown) => log(`No answer was sent: ${error}`));
  };
}

async function done(work: Promise<void>): Promise<Answer> {
  await work;
  return { status: 204 };
}

async function signIn(devIssuer: DevIssuer, request: IncomingMessage): Promise<Answer> {
  const name = await readText(request, 100);
  if (!/\S/.test(name)) return { status: 400, body: { error: { code: "NoName", message: "Send a name" } } };
  return { status: 200, body: { token: await devIssuer.signIn(name.trim()) } };
}

/** What the caller learns of a failure. Only the log holds what concerns nobody but us. */
function failure(error: unknown, log: (line: string) => void): Answer {
  if (error instanceof NotSignedInError) {
    const body = { error: { code: "NotSignedIn", message: error.message } };
    return { status: 401, headers: { "WWW-Authenticate": "Bearer" }, body };
  }
  const message = "No token can be had at the moment.";
  const body = { error: { code: "Unavailable", message } };
  if (!isRestError(error)) {
    log(`Failed: ${error}`);
    return { status: 503, headers: { "Retry-After": "5" }, body };
  }
  const {
    statusCode,
    code,
    requestId,
    retryAfterInMs = 5_000,
  } = error as typeof error & Partial<RestErrorInfo>;
  log(`ACS failed: status ${statusCode ?? "none"}, code ${code ?? "none"}, request id ${requestId}`);
  return { status: 503, headers: { "Retry-After": String(Math.ceil(retryAfterInMs / 1000)) }, body };
}

function send(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  const isFile = body instanceof Uint8Array;
  response.writeHead(status, {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    ...(body !== undefined && !isFile && { "Content-Type": "application/json" }),
    ...headers,
  });
  response.end(body === undefined || isFile ? body : JSON.stringify(body));
}

/** A caller that has gone needs no token. */
function closedEarly(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) controller.abort(new Error("The caller closed the connection"));
  });
  return controller.signal;
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

async function readText(request: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) return "";
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
