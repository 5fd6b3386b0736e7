/**
 * Shows what the library retries and how long it waits, how to bound a call in time, how to end it, and what an error
 * says about it.
 *
 * On the local emulator, which is told to fail.
 */
import { CommunicationIdentityClient, isRestError, type RestErrorInfo } from "acs-identity";
import { startEmulator } from "acs-identity/emulator";

const emulator = await startEmulator();
const { service } = emulator;
const client = new CommunicationIdentityClient(emulator.connectionString, {
  // Defaults: 3 retries, 1 s doubling to 64 s. What the service asks for with Retry-After comes first.
  retryOptions: { maxRetries: 3, retryDelayInMs: 10 },
});
const user = await client.createUser();

// Lost connections, 408, 429 with Retry-After and most 5xx are tried again.
service.failNext({ status: 429, retryAfterInSeconds: 1 });
service.failNext({ status: 500 });
service.failNext({ drop: "before" });
await report("A fault that passes", () => client.getToken(user, ["chat"]));

// A 429 says how long to wait. Longer than maxRetryDelayInMs is for the caller to decide.
service.failNext({ status: 429, retryAfterInSeconds: 300 });
await report("A wait of 5 minutes", () => client.getToken(user, ["chat"]));

// The time limit of one attempt. Default: 100 s.
service.failNext({ delayInMs: 500 });
await report("A slow answer", () => client.getToken(user, ["chat"], { requestOptions: { timeout: 100 } }));

// The time limit of the whole call, retries and waits included.
service.failNext({ status: 503, retryAfterInSeconds: 30 });
await report("A limit for the call", () =>
  client.getToken(user, ["chat"], { abortSignal: AbortSignal.timeout(100) }),
);

// Ends the call when somebody says so: a request that was closed, a process that is shutting down.
const shutdown = new AbortController();
service.failNext({ delayInMs: 500 });
setTimeout(() => shutdown.abort(), 50);
await report("An abort", () => client.getToken(user, ["chat"], { abortSignal: shutdown.signal }));
await emulator.close();

async function report(what: string, call: () => Promise<unknown>): Promise<void> {
  const before = service.requests.length;
  try {
    await call();
    console.log(`${what}: succeeded at attempt ${service.requests.length - before}`);
  } catch (error) {
    console.log(`${what}: ${describe(error)}`);
  }
}

function describe(error: unknown): string {
  if (!isRestError(error)) return error instanceof Error ? error.name : String(error);
  const { statusCode, code, attempts, retryAfterInMs } = error as typeof error & Partial<RestErrorInfo>;
  const delay = retryAfterInMs === undefined ? "" : `, try again in ${retryAfterInMs / 1000} s`;
  return `${error.name} ${statusCode ?? ""} ${code} after ${attempts} attempt(s)${delay}`;
}
