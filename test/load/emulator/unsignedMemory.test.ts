// Checks that unsigned requests, of which any web page can send as many as it likes, can't fill the emulator's memory.

import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import type { EmulatorContext } from "../../../src/emulator/admin/emulatorContext.js";
import { emulatorRouting } from "../../../src/emulator/routing.js";
import { toFakeIdentityService } from "../../../src/testing/fakeIdentityService.js";
import { createFake } from "../../../src/testing/service/fake.js";
import { dispatch } from "../../../src/testing/wire/dispatch.js";
import type { Guard } from "../../../src/testing/wire/rowHead.js";
import type { WireRequest } from "../../../src/testing/wire/wire.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Returns the bytes that are reachable now. */
async function usedBytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    collect();
    // Buffers are freed after the collection that finds them.
    await setImmediate();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** These guards refuse such a request before the rows differ, so one row stands for all of a guard. */
const refusing: readonly Guard[] = ["admin", "service"];
const rows = emulatorRouting.tables
  .flatMap(({ base, rows: own }) => own.map(({ method, path, guard }) => ({ method, path, base, guard })))
  .filter(
    ({ guard }, index, all) =>
      !refusing.includes(guard) || all.findIndex((row) => row.guard === guard) === index,
  );
/** What code compiled meanwhile may take. The requests to each route have nearly three megabytes. */
const tolerated = 1_000_000;
const rounds = 40;
const largeBody = 40 * 1024;
const largeHeader = 15 * 1024;

/** Returns a text of its own each time, as a server's parser does. */
function text(length: number, start = ""): string {
  return Buffer.alloc(Math.max(start.length, length), `${start} ${"x".repeat(1000)}`).toString("latin1");
}

it.each([...new Set(rows.map(({ guard }) => guard))])(
  "large unsigned requests to each route with the guard %j leave less than a megabyte behind once the log is full, and a reset frees it",
  async (guard) => {
    const fake = createFake({ requestLogSize: 20 });
    const context: EmulatorContext = {
      fake,
      service: toFakeIdentityService(fake),
      startId: "",
      ownHost: "127.0.0.1",
      allowedHosts: [],
    };
    const { tenantId: tenant, clientId } = context.service.entra;
    const send = (request: Pick<WireRequest, "method" | "target" | "headers" | "read">) =>
      dispatch(emulatorRouting, context, { scheme: "http", host: "127.0.0.1:7311", ...request });
    const scope = `scope=api://${clientId}/`;
    const form = `client_id=${clientId}&grant_type=client_credentials&redirect_uri=http://localhost/&resource=api://${clientId}`;
    const ask = ({ method, base, path }: (typeof rows)[number], headerLength: number, bodyLength: number) =>
      send({
        method,
        target: `${base}${path.replace("{tenant}", tenant).replace(/\{\w+\}/g, "x")}?${text(headerLength, `${form}&${scope}`)}`,
        headers: new Map([
          // A page of another origin has no access to the admin API.
          ["origin", "https://evil.example"],
          ["authorization", text(headerLength, "Bearer ")],
          ["metadata", "true"],
        ]),
        read: async () =>
          Buffer.from(text(bodyLength, path.startsWith("/{tenant}") ? `${form}&${scope}` : '{"scopes":["')),
      });
    const repeat = async (headerLength: number, bodyLength: number) => {
      for (let count = 0; count < rounds; count++) {
        for (const row of rows) if (row.guard === guard) await ask(row, headerLength, bodyLength);
      }
    };
    /** What is freed late is freed; a leak stays. */
    const expectNoMoreThan = (before: number) =>
      expect.poll(async () => (await usedBytes()) - before, { interval: 500 }).toBeLessThan(tolerated);
    const reset = () =>
      send({
        method: "POST",
        target: "/_emulator/reset",
        headers: new Map(),
        read: async () => Buffer.alloc(0),
      });
    // Loads what is loaded on first use.
    await repeat(largeHeader, largeBody);
    await reset();
    const atStart = await usedBytes();
    await repeat(largeHeader, largeBody);
    const full = await usedBytes();
    await repeat(largeHeader, largeBody);
    await expectNoMoreThan(full);
    await repeat(0, 0);
    await expectNoMoreThan(full);
    await reset();
    await expectNoMoreThan(atStart);
  },
);
