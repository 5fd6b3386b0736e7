// Generated from samples/retriesAndAbort.ts by npm run samples: edit that file, or a copy of this one.
/**
 * Shows what the library retries and how long it waits, how to limit the time of a call, how to abort it, and what an
 * error tells you.
 *
 * Uses the local emulator, and injects faults into it.
 */
const { CommunicationIdentityClient, isRestError } = require("acs-identity");
const { startEmulator } = require("acs-identity/emulator");

async function main() {
  const emulator = await startEmulator();
  const { service } = emulator;
  const client = new CommunicationIdentityClient(emulator.connectionString, {
    // Defaults: 3 retries; the delay starts at up to 1 s and doubles, up to 64 s. A Retry-After of the service takes precedence.
    retryOptions: { maxRetries: 3, retryDelayInMs: 10 },
  });
  const user = await client.createUser();

  // The client retries lost connections, 408, 429 with Retry-After and most 5xx.
  service.failNext({ status: 429, retryAfterInSeconds: 1 });
  service.failNext({ status: 500 });
  service.failNext({ drop: "before" });
  await report("A transient fault", () => client.getToken(user, ["chat"]));

  // If a 429 asks for a longer wait than maxRetryDelayInMs, the call fails at once and the caller can decide.
  service.failNext({ status: 429, retryAfterInSeconds: 300 });
  await report("A wait of 5 minutes", () => client.getToken(user, ["chat"]));

  // The time limit of one attempt. Default: 100 s.
  service.failNext({ delayInMs: 500 });
  await report("A slow answer", () => client.getToken(user, ["chat"], { requestOptions: { timeout: 100 } }));

  // The time limit of the whole call, including retries and waits.
  service.failNext({ status: 503, retryAfterInSeconds: 30 });
  await report("A limit for the call", () =>
    client.getToken(user, ["chat"], { abortSignal: AbortSignal.timeout(100) }),
  );

  // Aborts the call, for example because a client has disconnected or the process is shutting down.
  const shutdown = new AbortController();
  service.failNext({ delayInMs: 500 });
  setTimeout(() => shutdown.abort(), 50);
  await report("An abort", () => client.getToken(user, ["chat"], { abortSignal: shutdown.signal }));
  await emulator.close();

  async function report(what, call) {
    const before = service.requests.length;
    try {
      await call();
      console.log(`${what}: succeeded at attempt ${service.requests.length - before}`);
    } catch (error) {
      console.log(`${what}: ${describe(error)}`);
    }
  }

  function describe(error) {
    if (!isRestError(error)) return error instanceof Error ? error.name : String(error);
    const { statusCode, code, attempts, retryAfterInMs } = error;
    const delay = retryAfterInMs === undefined ? "" : `, try again in ${retryAfterInMs / 1000} s`;
    return `${error.name} ${statusCode ?? ""} ${code} after ${attempts} attempt(s)${delay}`;
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
