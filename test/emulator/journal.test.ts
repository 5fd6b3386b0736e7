import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Journal } from "../../src/emulator/data/journal.js";
import { decodeRecord } from "../../src/emulator/data/records.js";
import { handleRequest } from "../../src/testing/handleRequest.js";
import { createServiceCore } from "../../src/testing/serviceCore.js";
import { signedHeaders } from "../testing/sign.js";

const folder = mkdtempSync(join(tmpdir(), "acs-identity-"));
afterAll(() => rmSync(folder, { recursive: true }));

function recordsOf(path: string): unknown[] {
  return readFileSync(path, "utf8").trimEnd().split("\n").map(decodeRecord);
}

describe("a journal", () => {
  it("has each record on the disk when flush resolves, in the order of append, however many wait", async () => {
    const path = join(folder, "order");
    const journal = await Journal.create(path, () => ["first"]);
    const waits: Promise<unknown>[] = [];
    for (let number = 0; number < 500; number++) {
      journal.append(number);
      waits.push(journal.flush().then(() => expect(recordsOf(path)).toContain(number)));
      if (number % 50 === 0) await Promise.resolve();
    }
    await Promise.all(waits);
    expect(recordsOf(path)).toEqual(["first", ...Array.from({ length: 500 }, (_, number) => number)]);
    await journal.close();
  });

  it("is made anew when it has outgrown its state, and loses nothing that comes meanwhile", {
    timeout: 60_000,
  }, async () => {
    const path = join(folder, "anew");
    const state: string[] = [];
    const journal = await Journal.create(path, () => ["anew", ...state]);
    const long = "x".repeat(4 << 20);
    for (let number = 0; number < 20; number++) {
      journal.append({ number, long });
      state.push(`state ${number}`);
      void journal.flush();
    }
    await journal.flush();
    journal.append("grown");
    state.push("grown");
    const making = journal.flush();
    // The state is read a moment after flush; what is appended from then on is not part of it.
    await new Promise((resolve) => setImmediate(resolve));
    journal.append("meanwhile");
    await making;
    await journal.close();
    const records = recordsOf(path);
    expect(records).toEqual(["anew", ...state, "meanwhile"]);
  });

  it("that can't be written to says so, each time", async () => {
    const journal = await Journal.create(join(folder, "closed"), () => []);
    await journal.close();
    for (const record of ["one", "two"]) {
      journal.append(record);
      await expect(journal.flush()).rejects.toThrow(/EBADF|closed/);
    }
  });
});

it("a request whose effect can't be kept gets 500, and the next one is answered", async () => {
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
