import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Command, startCommand } from "./command.js";

const limit = 64 * 1024 * 1024;

describe("a snapshot of 64 MiB", () => {
  let command: Command;
  let url: string;
  let resourceId: string;
  beforeAll(async () => {
    command = startCommand(["--log-level", "error"]);
    ({ url } = await command.ready());
    ({ resourceId } = await (await fetch(`${url}/_emulator/info`)).json());
  });
  afterAll(async () => void (await command.kill()));

  const snapshotHead = () =>
    `{"version":1,"resourceId":"${resourceId}","clock":{"offset":0,"skew":0},"events":[`;
  /** Joins as many parts with commas as fit within the limit. */
  const filled = (head: string, part: (index: number) => string, tail: string): string => {
    const parts: string[] = [];
    let length = head.length + tail.length;
    for (let index = 0; ; index++) {
      const text = part(index);
      length += text.length + 1;
      if (length > limit) return head + parts.join(",") + tail;
      parts.push(text);
    }
  };

  it.each<[string, () => string | Uint8Array<ArrayBuffer>]>([
    ["open arrays", () => "[".repeat(limit)],
    ["open objects", () => '{"a":'.repeat(limit / 5)],
    [
      "nested arrays as an event",
      () => `${snapshotHead()}${"[".repeat(limit / 4)}${"]".repeat(limit / 4)}]}`,
    ],
    ["empty objects", () => filled(snapshotHead(), () => "{}", "]}")],
    ["members", () => filled("{", (index) => `"m${index}":1`, "}")],
    ["one string", () => `{"version":"${"x".repeat(limit - 20)}"}`],
    ["zero bytes", () => new Uint8Array(limit)],
    ["commas", () => `${snapshotHead()}${",".repeat(limit - 1000)}]}`],
    ["deletions", () => filled(snapshotHead(), () => '{"type":"userDeleted","user":1}', "]}")],
    [
      "users",
      () =>
        filled(
          snapshotHead(),
          (index) => `{"type":"userCreated","user":${index + 1},"id":"${index}","at":1}`,
          "]}",
        ),
    ],
    [
      "revocations of one user",
      () =>
        filled(
          `${snapshotHead()}{"type":"userCreated","user":1,"id":"x","at":1},`,
          (index) => `{"type":"tokensRevoked","user":1,"upTo":${index},"at":5}`,
          "]}",
        ),
    ],
  ])("of %s doesn't keep other requests waiting until it is done", async (_, makeBody) => {
    const outgoing = request(`${url}/_emulator/snapshot`, { method: "PUT" });
    const answered = once(outgoing, "response").then(([response]) => (response as IncomingMessage).resume());
    outgoing.end(makeBody());
    await once(outgoing, "finish");
    let isDone = false;
    void answered.finally(() => {
      isDone = true;
    });
    let answeredMeanwhile = 0;
    while (!isDone) {
      expect((await fetch(`${url}/_emulator/health`)).status).toBe(200);
      if (!isDone) answeredMeanwhile += 1;
    }
    const { statusCode } = await answered;
    expect([204, 400]).toContain(statusCode);
    // One that is refused at its first event is done before anything else can be asked.
    if (statusCode === 204) expect(answeredMeanwhile).toBeGreaterThan(1);
    expect(command.process.exitCode).toBeNull();
  });
});
