import { setMaxListeners } from "node:events";
import { type CommunicationIdentityClient, type CommunicationUserToken, isRestError } from "acs-identity";
import type { Attempts, Pacer } from "./pacer.js";
import type { Failure, ResultFile } from "./resultFile.js";

/** How often a user is tried, at most, when the client itself gives up on a 429. */
const MOST_TRIES = 10;

export interface ProvisionOptions {
  readonly client: CommunicationIdentityClient;
  /** Ids of your own, one for each user. */
  readonly ids: Iterable<string>;
  readonly results: ResultFile;
  readonly pacer: Pacer;
  readonly attempts: Attempts;
  /** The maximum number of calls in flight. */
  readonly concurrency: number;
  /** When it aborts, no more users are started, and calls in flight finish. */
  readonly stop: AbortController;
  readonly onResult: (failure?: Failure) => void;
}

/** Creates a user with a token for each id that has none yet. Records each `RestError`, and rejects with others. */
export async function provision(options: ProvisionOptions): Promise<void> {
  const { ids, results, concurrency, stop } = options;
  // Every waiting call listens to the signal, so more than ten listeners aren't a leak.
  setMaxListeners(concurrency + 1, stop.signal);
  const queue = unfinished(ids, results);
  const work = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) await provisionOne(next.value, options);
  };
  await Promise.all(Array.from({ length: concurrency }, work));
}

function* unfinished(ids: Iterable<string>, results: ResultFile): Generator<string, void> {
  for (const id of ids) if (!results.has(id)) yield id;
}

async function provisionOne(id: string, options: ProvisionOptions): Promise<void> {
  const { results, stop, onResult } = options;
  try {
    const created = await createWithPatience(options);
    if (!created) return;
    results.add(id, created);
    onResult();
  } catch (error) {
    if (!isRestError(error)) throw error;
    const { statusCode, code, requestId } = error;
    const failure = { statusCode, code, requestId };
    results.addFailure(id, failure);
    onResult(failure);
    // After a wrong key or a bad request, all other calls would fail in the same way.
    if (statusCode === 400 || statusCode === 401 || statusCode === 403) stop.abort();
  }
}

/** Retries a 429 that the client gave up on, such as one without a `Retry-After` or with a long one. */
async function createWithPatience({
  client,
  pacer,
  attempts,
  stop,
}: ProvisionOptions): Promise<CommunicationUserToken | undefined> {
  for (let tries = 1; ; tries++) {
    if (!(await ownTurn(pacer, stop.signal))) return undefined;
    try {
      return await client.createUserAndToken(["chat", "voip"]);
    } catch (error) {
      if (!isRestError(error) || error.statusCode !== 429 || tries === MOST_TRIES) throw error;
      attempts.retries += 1;
    }
  }
}

async function ownTurn(pacer: Pacer, signal: AbortSignal): Promise<boolean> {
  try {
    await pacer.turn(signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
