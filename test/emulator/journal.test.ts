import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import * as files from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Journal } from "../../src/emulator/data/journal.js";
import { handleRequest } from "../../src/testing/handleRequest.js";
import { createServiceCore } from "../../src/testing/serviceCore.js";
import type { StateEvent } from "../../src/testing/state/events.js";
import { signedHeaders } from "../testing/sign.js";

const folder = mkdtempSync(join(tmpdir(), "acs-identity-"));
afterAll(() => rmSync(folder, { recursive: true }));

const deleted = (user: number): StateEvent => ({ type: "userDeleted", user });
const reset: StateEvent = { type: "stateReset", nextUser: 1, nextToken: 1, firstToken: 1 };

function linesOf(path: string): unknown[] {
  return readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

async function newJournal(path: string, wholeState: () => readonly object[]): Promise<Journal> {
  const journal = new Journal(files, path, wholeState, 0);
  await journal.rewrite();
  return journal;
}

describe("a journal", () => {
  it("has written every event in order when flush resolves, however many callers wait", async () => {
    const path = join(folder, "order");
    const journal = await newJournal(path, () => [{ first: true }]);
    const waits: Promise<unknown>[] = [];
    for (let user = 0; user < 500; user++) {
      journal.add(deleted(user));
      waits.push(journal.flush().then(() => expect(linesOf(path)).toContainEqual(deleted(user))));
      if (user % 50 === 0) await Promise.resolve();
    }
    await Promise.all(waits);
    expect(linesOf(path)).toEqual([
      { first: true },
      ...Array.from({ length: 500 }, (_, user) => deleted(user)),
    ]);
    await journal.close();
  });

  it("replaces its file with the current state on a reset, and keeps events added meanwhile", async () => {
    const path = join(folder, "reset");
    let state: object[] = [{ state: "old" }];
    const journal = await newJournal(path, () => state);
    journal.add(deleted(1));
    journal.add(reset);
    state = [{ state: "new" }];
    const flushed = journal.flush();
    // The state is read shortly after flush is called. Events added later are not part of it.
    await new Promise((resolve) => setImmediate(resolve));
    journal.add(deleted(2));
    await flushed;
    await journal.close();
    expect(linesOf(path)).toEqual([{ state: "new" }, deleted(2)]);
  });

  it("rejects every flush when it can't write", async () => {
    const journal = await newJournal(join(folder, "closed"), () => []);
    journal.add(deleted(1));
    await journal.flush();
    await journal.close();
    for (const user of [2, 3]) {
      journal.add(deleted(user));
      await expect(journal.flush()).rejects.toThrow(/EBADF|closed/);
    }
  });
});

it("a request whose change can't be saved gets 500, and the next one succeeds", async () => {
  const core = createServiceCore();
  let works = false;
  core.flush = () =>
    works ? Promise.resolve() : Promise.reject(new Error("ENOSPC: no space left on device"));
  const target = "/identities?api-version=2023-10-01";
  const { host } = new URL(core.endpoint);
  const headers = signedHeaders({ method: "POST", target, host, key: core.settings.accessKeyText });
  const request = {
    method: "POST",
    target,
    scheme: "https",
    host,
    headers: new Map(Object.entries(headers)),
    body: new Uint8Array(),
  } as const;
  expect((await handleRequest(core, request)).status).toBe(500);
  expect(core.log.list().at(-1)?.diagnosis).toContain("ENOSPC");
  works = true;
  expect((await handleRequest(core, request)).status).toBe(201);
});
