import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../../src/emulator/index.js";
import { exchange, isHealthy, statusesIn } from "./rawSocket.js";

const user = "8:acs:00ac5000-1de4-4717-8000-0000000000f5_marker";
let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({ allowedHosts: ["login.example"] });
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

describe("the admin API", () => {
  const targets = [
    "/_emulator/users",
    "http://127.0.0.1/_emulator/users",
    "http://evil.example/_emulator/users",
    "//_emulator/users",
    "/_emulator//users",
    "/./_emulator/users",
    "/x/../_emulator/users",
    "/%5femulator/users",
    "/_emulator%2fusers",
    "/_EMULATOR/users",
    "/_emulator/users;x",
    "/_emulator/users?x=1#y",
  ];
  const foreign = [
    ["Host: login.example"],
    ["Host: evil.example"],
    ["Host: evil.example:80"],
    ["Host: 127.0.0.1.evil.example"],
    ["Host: 127.0.0.1@evil.example"],
    ["Host: evil.example#127.0.0.1"],
    ["Host: evil.example/127.0.0.1"],
    ["Host: evil.example?127.0.0.1"],
    ["Host: localhost.evil.example"],
    ["Host:"],
    ["Host: evil.example", "Host: 127.0.0.1"],
    ["Host: evil.example", "X-Forwarded-Host: 127.0.0.1", "Forwarded: host=127.0.0.1"],
    ["Host: 127.0.0.1", "Origin: https://evil.example"],
    ["Host: 127.0.0.1", "Origin: null"],
    ["Host: 127.0.0.1", "Origin:"],
    ["Host: 127.0.0.1", "Origin: http://127.0.0.1", "Origin: https://evil.example"],
    ["Host: 127.0.0.1", "Origin: https://127.0.0.1"],
    ["Host: 127.0.0.1", "Origin: http://127.0.0.1:1"],
    ["Host: 127.0.0.1", "Sec-Fetch-Site: cross-site"],
    ["Host: 127.0.0.1", "Sec-Fetch-Site: same-site"],
  ];

  it.each(foreign.map((headers) => [headers.join(", "), headers] as const))(
    "rejects %s",
    async (_, headers) => {
      const body = JSON.stringify({ id: user });
      for (const target of targets) {
        const head = [
          `POST ${target} HTTP/1.1`,
          ...headers,
          "Connection: close",
          `Content-Length: ${body.length}`,
        ];
        const [status = 0] = statusesIn(await exchange(emulator.url, `${head.join("\r\n")}\r\n\r\n${body}`));
        expect(target === targets[0] ? [400, 403] : [0, 400, 401, 403, 404, 405]).toContain(status);
        expect(hasMarker()).toBe(false);
      }
    },
  );
});
