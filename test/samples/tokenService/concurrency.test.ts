import { type Emulator, startEmulator } from "acs-identity/emulator";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDevIssuer } from "../../../samples/token-service/devIssuer.js";
import { countUsers, type Reply, type Running, startTokenService, withDatabaseFile } from "./harness.js";

let emulator: Emulator;

beforeEach(async () => {
  emulator = await startEmulator();
});

afterEach(() => emulator.close());

function userIds(replies: readonly Reply[]): Set<string> {
  return new Set(replies.map(({ body }) => body.user.communicationUserId));
}

function sent(operation: string): number {
  return emulator.service.requests.filter((request) => request.operation === operation).length;
}

/** Calls each service so often, all at once. */
async function callAll(services: readonly Running[], times: number, name: string): Promise<Reply[]> {
  const calls = services.flatMap((service) =>
    Array.from({ length: times }, async () => service.call("POST", "/api/token", await service.signIn(name))),
  );
  return Promise.all(calls);
}

describe("first calls of one caller at once", () => {
  it("create one user, and each gets a token of its own", async () => {
    const service = await startTokenService(emulator);
    try {
      const replies = await callAll([service], 100, "alice");
      expect(replies.map(({ status }) => status)).toEqual(Array(100).fill(200));
      expect(userIds(replies).size).toBe(1);
      expect(new Set(replies.map(({ body }) => body.token)).size).toBe(100);
      expect(await countUsers(emulator)).toBe(1);
      expect(sent("createUser")).toBe(1);
    } finally {
      await service.close();
    }
  });

  it("on several services with one file end with one user: those of the losers are deleted", () =>
    withDatabaseFile(async (database) => {
      const devIssuer = await createDevIssuer();
      const services = await Promise.all(
        [1, 2, 3].map(() => startTokenService(emulator, { database, devIssuer })),
      );
      try {
        // Slow enough that each has started before the first is done.
        emulator.service.failNext({ operation: "createUser", delayInMs: 200, times: 3 });
        const replies = await callAll(services, 20, "alice");
        expect(replies.map(({ status }) => status)).toEqual(Array(60).fill(200));
        expect(userIds(replies).size).toBe(1);
        expect(sent("createUser")).toBe(3);
        expect(sent("deleteUser")).toBe(2);
        expect(await countUsers(emulator)).toBe(1);
        for (const { body } of replies) {
          expect(await emulator.service.inspectToken(body.token)).toMatchObject({ valid: true });
        }
      } finally {
        for (const service of services) await service.close();
      }
    }));
});

describe("calls of many callers at once", () => {
  it("create one user for each, and mix none up", async () => {
    const service = await startTokenService(emulator);
    try {
      const names = Array.from({ length: 50 }, (_, index) => `caller ${index}`);
      const replies = await Promise.all(names.map((name) => callAll([service], 4, name)));
      const ids = replies.map(userIds);
      expect(ids.map(({ size }) => size)).toEqual(Array(50).fill(1));
      expect(new Set(ids.flatMap((id) => [...id])).size).toBe(50);
      expect(await countUsers(emulator)).toBe(50);
      for (const { body } of replies.flat()) {
        const { userId } = await emulator.service.inspectToken(body.token);
        expect(userId).toBe(body.user.communicationUserId);
      }
    } finally {
      await service.close();
    }
  });
});

describe("the file", () => {
  it("is created if it is missing, and keeps who is who over a restart", () =>
    withDatabaseFile(async (database) => {
      const devIssuer = await createDevIssuer();
      const ids: string[] = [];
      for (let start = 0; start < 2; start++) {
        const service = await startTokenService(emulator, { database, devIssuer });
        const { body } = await service.call("POST", "/api/token", await service.signIn("alice"));
        ids.push(body.user.communicationUserId);
        await service.close();
      }
      expect(ids[1]).toBe(ids[0]);
      expect(await countUsers(emulator)).toBe(1);
    }));
});
