import { connect } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { timeLimit } from "../../test/helpers/timeLimit.js";
import { objectIdOf, type Running, start } from "./inProcess.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

describe.concurrent("a caller", () => {
  let service: Running;
  let collections: ReturnType<typeof setInterval>;
  beforeAll(async () => {
    const isFrozen = (values: readonly unknown[] = []) => values.includes(objectIdOf("frozen"));
    service = await start(undefined, {
      wrap: (database) => ({
        ...database,
        query: (text, values) => (isFrozen(values) ? new Promise(() => {}) : database.query(text, values)),
      }),
    });
    await service.call("POST", "/token", await service.signIn("getToken"));
    collections = setInterval(collectGarbage, 1_000);
  });
  afterAll(async () => {
    clearInterval(collections);
    await service.stop();
  });

  it.each(["createUser", "getToken"] as const)(
    "doesn't wait for a hanging ACS (%s), even if all garbage is collected meanwhile",
    async (operation) => {
      const token = await service.signIn(operation);
      service.emulator.service.failNext({ operation, delayInMs: 3_600_000 });
      const { body, headers } = await service.call("POST", "/token", token);
      expect(body).toMatchObject({ status: 503, code: "unavailable" });
      expect(headers.get("Retry-After")).toBe("5");
    },
  );

  it("doesn't wait for a hanging database", async () => {
    const { body } = await service.call("POST", "/token", await service.signIn("frozen"));
    expect(body).toMatchObject({ status: 503, code: "unavailable" });
  });

  it.each([
    ["headers", "X-Slow:"],
    ["body", "Content-Length: 9\r\n\r\n{"],
  ])("whose %s don't arrive is refused", { timeout: timeLimit }, async (_, part) => {
    const authorization = `Authorization: Bearer ${await service.signIn("slow")}`;
    const port = Number(new URL(service.url).port);
    const socket = connect(port, "127.0.0.1", () =>
      socket.write(`POST /token HTTP/1.1\r\nHost: localhost\r\n${authorization}\r\n${part}`),
    );
    let answer = "";
    for await (const chunk of socket) answer += chunk;
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
  });
});
