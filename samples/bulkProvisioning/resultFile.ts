import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import type { CommunicationUserToken } from "acs-identity";

/** Why a user couldn't be created. */
export interface Failure {
  readonly statusCode?: number | undefined;
  readonly code?: string | undefined;
  readonly requestId?: string | undefined;
}

/**
 * A file with one JSON object per line, appended as each user is done:
 * `{ id, communicationUserId, token, expiresOn }`, or `{ id, failure }`. Its lines survive a killed process; the next
 * start drops a line that was cut in half.
 */
export class ResultFile {
  readonly #file: number;
  readonly #done: Set<string>;

  /** @param path - The file, which is created if it doesn't exist. */
  constructor(path: string) {
    this.#done = existsSync(path) ? readDone(path) : new Set();
    // It contains access tokens, so only its owner may read it.
    this.#file = openSync(path, "a", 0o600);
  }

  /** How many users have a token. */
  get count(): number {
    return this.#done.size;
  }

  /** Failed users don't count, so the next run tries them again. */
  has(id: string): boolean {
    return this.#done.has(id);
  }

  add(id: string, { user, token, expiresOn }: CommunicationUserToken): void {
    this.#append({ id, communicationUserId: user.communicationUserId, token, expiresOn });
    this.#done.add(id);
  }

  addFailure(id: string, failure: Failure): void {
    this.#append({ id, failure });
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Writes synchronously, so that no user is counted before its line is written. */
  #append(line: object): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}

function readDone(path: string): Set<string> {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf("\n") + 1;
  if (end < bytes.length) truncateSync(path, end);
  const done = new Set<string>();
  for (const line of bytes.toString("utf8", 0, end).split("\n")) {
    if (line === "") continue;
    const { id, failure } = JSON.parse(line) as { id: string; failure?: Failure };
    if (!failure) done.add(id);
  }
  return done;
}
