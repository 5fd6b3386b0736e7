import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Overload } from "../../src/problem.js";
import { openStore } from "../../src/store/store.js";
import { openDatabase } from "../postgres.js";

describe.concurrent("a database that never answers", () => {
  const sockets = new Set<Socket>();
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer((socket) => void sockets.add(socket.on("error", () => {}))).listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `postgres://tokens@127.0.0.1:${(server.address() as AddressInfo).port}/tokens`;
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it("makes queries fail in time, and refuses those for which others would have to wait", async () => {
    const database = openDatabase(url);
    const queries = Array.from({ length: 150 }, () => database.query("SELECT 1"));
    const settlements = [1, 2].map(() => database.query("SELECT 1", [], { isNeverRefused: true }));
    const check = openStore(database).ping();
    const reasons = (await Promise.allSettled([...queries, ...settlements, check])).map((result) =>
      result.status === "rejected" ? result.reason : "answered",
    );
    expect(reasons.filter((reason) => reason instanceof Overload)).toHaveLength(40);
    expect(reasons.filter((reason) => /time/.test(String(reason)))).toHaveLength(113);
    await database.close();
  });

  it("can be closed during a query, which doesn't get the time it has otherwise", async () => {
    const database = openDatabase(url);
    const query = database.query("SELECT 1");
    await database.close();
    await expect(query).rejects.toThrow(/aborted/);
  });
});
