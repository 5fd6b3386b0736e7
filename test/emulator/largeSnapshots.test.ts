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
  ])("of %s delays other requests by less than 2 s", async (_, makeBody) => {
    const body = makeBody();
    let isDone = false;
    const request = { method: "PUT", body, signal: AbortSignal.timeout(120_000) };
    const sent = fetch(`${url}/_emulator/snapshot`, request).finally(() => {
      isDone = true;
    });
    let longest = 0;
    while (!isDone) {
      const asked = performance.now();
      expect((await fetch(`${url}/_emulator/health`)).status).toBe(200);
      longest = Math.max(longest, performance.now() - asked);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect([204, 400]).toContain((await sent).status);
    expect(longest).toBeLessThan(2000);
    expect(command.process.exitCode).toBeNull();
  });
});
