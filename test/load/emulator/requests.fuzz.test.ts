import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emulatorRouting } from "../../../src/emulator/routing.js";
import { type Command, startCommand } from "../../helpers/emulator/command.js";
import { exchange, isHealthy } from "../../helpers/emulator/rawSocket.js";
import { bounded } from "../trust/helpers/bounded.js";

const requests = 2000;
const inBatch = 20;

let command: Command;
let url: string;

// Runs the emulator in a separate process, so that the test notices a crash.
beforeAll(async () => {
  command = startCommand(["--log-level", "debug"]);
  ({ url } = await command.ready());
});
afterAll(() => command.kill());

const words =
  " identities 8:acs:x :issueAccessToken :revokeAccessTokens teamsUser _emulator users tokens requests faults clock " +
  "snapshot reset info .. %00 % %ff __proto__ constructor access teamsExtension tenants assignments :exchangeAccessToken";
const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...words.split(" ")) },
  fc.string({ unit: "binary", maxLength: 8 }),
);
const version = fc.constantFrom(
  "?api-version=2023-10-01",
  "?api-version=2025-06-30",
  "?api-version=x",
  "?a=%&b",
  "",
  "?limit=-1",
);
const user = "8%3Aacs%3A00ac5000-1de4-4717-8000-0000000000f5_x";
const known = fc.constantFrom(
  ...emulatorRouting.tables.flatMap(({ base, rows }) =>
    rows.map(({ path }) => base + path.replace(/\{\w+\}/g, user)),
  ),
  "/_emulator/users/%",
);
const target = fc
  .tuple(
    fc.oneof(
      { weight: 2, arbitrary: known },
      fc.array(word, { maxLength: 6 }).map((words) => `/${words.join("/")}`),
    ),
    version,
  )
  .map((parts) => parts.join(""));
const method = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("POST", "PUT", "DELETE") },
  {
    weight: 1,
    arbitrary: fc.constantFrom("GET", "PATCH", "OPTIONS", "HEAD", "TRACE", "PROPFIND", "CONNECT"),
  },
);

const value = fc.oneof(
  fc.constantFrom(
    "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=AAAA",
    "HMAC-SHA256 SignedHeaders=__proto__;;&Signature=",
    `Bearer ${Buffer.from("{}").toString("base64url")}.${Buffer.from('{"exp":9e999,"aud":[]}').toString("base64url")}.`,
    "Bearer a.b.c",
    "application/json",
    "text/plain",
    "100-continue",
    "h2c",
    "bytes=0-",
    "-1",
    "chunked",
    "keep-alive, Upgrade",
  ),
  fc.string({ unit: "binary", maxLength: 30 }),
);
const headers =
  "Authorization Content-Type x-ms-date x-ms-content-sha256 x-ms-client-request-id x-ms-hmac-string-to-sign-base64 " +
  "Origin Host Expect Upgrade Connection Range Transfer-Encoding Access-Control-Request-Method __proto__";
const header = fc.tuple(fc.constantFrom(...headers.split(" ")), value);

const members =
  "scopes expiresInMinutes createTokenWithScopes token id advance set skew events status delayInMs __proto__";
const json = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc
    .dictionary(fc.constantFrom(...members.split(" ")), fc.jsonValue({ maxDepth: 2 }))
    .map((object) => JSON.stringify(object)),
  fc.constantFrom(
    "",
    "null",
    "[]",
    "{",
    '{"scopes":"x"}',
    '"\ud800"',
    `${"[".repeat(20_000)}`,
    "\0",
    "9e999",
  ),
);

/** Mostly well-formed, so that it gets past the parser; sometimes cut short or with random bytes inserted. */
const rawRequest: fc.Arbitrary<Buffer> = fc
  .record({
    method,
    target,
    headers: fc.array(header, { maxLength: 3 }),
    body: json,
    cut: fc.option(fc.nat(400), { freq: 6 }),
    noise: fc.option(fc.tuple(fc.nat(300), fc.uint8Array({ maxLength: 12 })), { freq: 6 }),
  })
  .map(({ method, target, headers, body, cut, noise }) => {
    const bytes = Buffer.from(body);
    const lines = headers.map(([name, text]) => `${name}: ${text.replace(/[\r\n]/g, "")}`);
    const host = headers.some(([name]) => name === "Host") ? [] : ["Host: 127.0.0.1"];
    const head = [`${method} ${target.replace(/[\r\n ]/g, "")} HTTP/1.1`, ...host, ...lines];
    const text = `${[...head, `Content-Length: ${bytes.length}`].join("\r\n")}\r\n\r\n`;
    const whole = Buffer.concat([Buffer.from(text), bytes]);
    const noisy = noise
      ? Buffer.concat([whole.subarray(0, noise[0]), Buffer.from(noise[1]), whole.subarray(noise[0])])
      : whole;
    return cut === null ? noisy : noisy.subarray(0, cut);
  });

describe("the emulator as a command", () => {
  it(`survives ${requests} random requests without a 500 or an uncaught error`, async () => {
    let received = "";
    const batches = fc.asyncProperty(
      fc.array(rawRequest, { minLength: inBatch, maxLength: inBatch }),
      async (batch) => {
        const answers = await Promise.all(batch.map((bytes) => exchange(url, bytes, { timeoutInMs: 500 })));
        received += answers.join("\n");
        expect(
          answers.filter((answer) => answer.startsWith("HTTP/1.1 500")).map((answer) => answer.slice(0, 600)),
        ).toEqual([]);
        expect(await isHealthy(url)).toBe(true);
      },
    );
    await fc.assert(batches, { ...bounded(requests / inBatch, 40_000), endOnFailure: true });
    expect(command.process.exitCode).toBeNull();
    expect(command.err()).not.toMatch(/uncaught|unhandled|\n {4}at /i);
    // Several statuses show that not all requests stopped at the parser.
    const statuses = new Set(received.match(/^HTTP\/1\.1 \d{3}/gm));
    expect(statuses.size).toBeGreaterThan(5);
  });
});
