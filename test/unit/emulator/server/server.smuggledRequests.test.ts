import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../../../src/emulator/index.js";
import { exchange, isHealthy, statusesIn } from "../../../helpers/emulator/rawSocket.js";

const user = "8:acs:00ac5000-1de4-4717-8000-0000000000f5_marker";
let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());
beforeEach(() => emulator.service.reset());

/** A request whose execution can be detected, because it creates a user. */
const smuggled = (() => {
  const body = JSON.stringify({ id: user });
  return `POST /_emulator/users HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
})();

function hasMarker(): boolean {
  return JSON.stringify(emulator.service.snapshot()).includes(user);
}

function request(line: string, ...headers: readonly string[]): string {
  return `${[line, "Host: 127.0.0.1", ...headers].join("\r\n")}\r\n\r\n`;
}

const post = "POST /identities?api-version=2023-10-01 HTTP/1.1";

it("the emulator executes the request that the tests below smuggle when it is sent openly", async () => {
  expect(statusesIn(await exchange(emulator.url, smuggled))).toEqual([201]);
  expect(hasMarker()).toBe(true);
});

describe("the emulator", () => {
  const chunks = `0\r\n\r\n${smuggled}`;

  // Node's parser has tests of its own. These are the forms in which parsers have differed.
  it.each([
    [
      "a length and chunks",
      request(post, `Content-Length: ${chunks.length}`, "Transfer-Encoding: chunked") + chunks,
    ],
    ["two lengths", request(post, `Content-Length: ${smuggled.length}`, "Content-Length: 0") + smuggled],
    ["a space before the colon of Content-Length", request(post, "Content-Length : 0") + smuggled],
    ["lines that end in LF only", `${post}\nHost: 127.0.0.1\nContent-Length: 0\n\n${smuggled}`],
    ["a chunk longer than its size", `${request(post, "Transfer-Encoding: chunked")}1\r\nab\r\n${chunks}`],
    ["the CONNECT method", request("CONNECT 127.0.0.1:80 HTTP/1.1") + smuggled],
    ["5 000 headers", request(post, ...Array(5000).fill("X: aaaaaaaa"), "Content-Length: 0") + smuggled],
  ])("rejects a request with %s, and doesn't execute the one it hides", async (_, bytes) => {
    const statuses = statusesIn(await exchange(emulator.url, bytes));
    expect(statuses.length).toBeLessThanOrEqual(1);
    for (const status of statuses) expect([400, 405, 431]).toContain(status);
    expect(hasMarker()).toBe(false);
    expect(await isHealthy(emulator.url)).toBe(true);
  });
});
