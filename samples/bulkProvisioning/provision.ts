import { setMaxListeners } from "node:events";
import {
  type CommunicationIdentityClient,
  type CommunicationUserToken,
  isRestError,
  type RestErrorInfo,
} from "acs-identity";
import type { Attempts, Pacer } from "./pacer.js";
import type { Failure, ResultFile } from "./resultFile.js";

/** How often one user is tried after a 429 that the client itself gave up on. */
const MOST_TRIES = 10;

export interface ProvisionOptions {
  readonly client: CommunicationIdentityClient;
  /** Ids of your own, one for each user. */
  readonly ids: Iterable<string>;
  readonly results: ResultFile;
  readonly pacer: Pacer;
  readonly attempts: Attempts;
  /** How many calls are in flight at most. */
  readonly concurrency: number;
  /** Sends each id as `customId`, so that a user is not created twice. Preview version of the service only. */
  readonly useCustomIds: boolean;
  /** Starts no more users when it aborts; those in flight end first. */
  readonly stop: AbortController;
  readonly onResult: (failure?: Failure) => void;
}

/** Creates a user with a token for each id that has none yet. Rejects for nothing but a fault of its own. */
export async function provision(options: ProvisionOptions): Promise<void> {
  const { ids, results, concurrency, stop } = options;
  // Each that waits for its turn listens; more than ten are no leak here.
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
    const created = await createWithPatience(id, options);
    if (!created) return;
    results.add(id, created);
    onResult();
  } catch (error) {
    if (!isRestError(error)) throw error;
    const { statusCode, code, requestId } = error as typeof error & Partial<RestErrorInfo>;
    const failure = { statusCode, code, requestId };
    results.addFailure(id, failure);
    onResult(failure);
    // A wrong key or a bad request: it would be the same for all the others.
    if (statusCode === 400 || statusCode === 401 || statusCode === 403) stop.abort();
  }
}

/** The client waits for a `Retry-After` itself; a 429 without one, or with a long one, ends here. */
async function createWithPatience(
  id: string,
  { client, pacer, attempts, useCustomIds, stop }: ProvisionOptions,
): Promise<CommunicationUserToken | undefined> {
  for (let tries = 1; ; tries++) {
    if (!(await ownTurn(pacer, stop.signal))) return undefined;
    try {
      return await client.createUserAndToken(["chat", "voip"], useCustomIds ? { customId: id } : {});
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
