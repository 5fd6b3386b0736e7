import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import type { CommunicationUserToken } from "acs-identity";

/** Why a user could not be had. */
export interface Failure {
  readonly statusCode?: number | undefined;
  readonly code?: string | undefined;
  readonly requestId?: string | undefined;
}

/**
 * One JSON object a line, appended as each user is done: `{ id, communicationUserId, token, expiresOn }`, or
 * `{ id, failure }`. What is in it survives a kill; a line that a kill cut in half is dropped at the next start.
 */
export class ResultFile {
  readonly #file: number;
  readonly #done: Set<string>;

  /** @param path - Of the file, which is created if it is missing. */
  constructor(path: string) {
    this.#done = existsSync(path) ? readDone(path) : new Set();
    // Access tokens are in it: for its owner alone.
    this.#file = openSync(path, "a", 0o600);
  }

  /** How many users have a token. */
  get count(): number {
    return this.#done.size;
  }

  /** Failures are not done: the next run tries them again. */
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

  /** Handed to the system before anyone counts it. */
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
