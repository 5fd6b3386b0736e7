// Compares how often both clients send a call. Ours differs only on purpose.
import { RestError } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { type ClientName, clientNames, makeClient } from "../../helpers/bothClients.js";
import { rejectionOf } from "../../helpers/secrets.js";
import { type StubAnswer, type StubTransport, stubTransport } from "../../helpers/stubTransport.js";
import { user } from "../../helpers/values.js";

const fast = { retryDelayInMs: 1, maxRetryDelayInMs: 2 };

async function sentBy(name: ClientName, answer: StubAnswer): Promise<StubTransport["sent"]> {
  const transport = stubTransport(answer);
  const client = makeClient(name, { httpClient: transport, retryOptions: fast });
  await rejectionOf(() => client.getToken(user, ["voip"]));
  return transport.sent;
}

const lost = (code: string) => () => {
  throw new RestError(`lost: ${code}`, { code });
};

const agreed: readonly (readonly [string, StubAnswer, number])[] = [
  ...[408, 500, 502, 503, 504, 507, 599].map((status) => [`${status}`, { status }, 4] as const),
  ...[400, 401, 403, 404, 409, 412, 425, 429, 501, 505].map(
    (status) => [`${status}`, { status }, 1] as const,
  ),
  ["429 with Retry-After", { status: 429, headers: { "retry-after": "0" } }, 4],
  ["503 with Retry-After", { status: 503, headers: { "retry-after": "0" } }, 4],
  ["429 with retry-after-ms", { status: 429, headers: { "retry-after-ms": "1" } }, 4],
  ["429 with x-ms-retry-after-ms", { status: 429, headers: { "x-ms-retry-after-ms": "1" } }, 4],
  ["429 with junk in Retry-After", { status: 429, headers: { "retry-after": "soon" } }, 1],
  ["400 with Retry-After", { status: 400, headers: { "retry-after": "0" } }, 1],
  ...["ECONNRESET", "ECONNREFUSED", "ETIMEDOUT", "ENOTFOUND"].map((code) => [code, lost(code), 4] as const),
  ["an untrusted certificate", lost("DEPTH_ZERO_SELF_SIGNED_CERT"), 1],
];

describe("both clients send", () => {
  it.each(agreed)("the same number of requests after %s", async (_, answer, count) => {
    const counts = [];
    for (const name of clientNames) counts.push((await sentBy(name, answer)).length);
    expect(counts).toEqual([count, count]);
  });

  it("the same client request id and body on each attempt", async () => {
    for (const name of clientNames) {
      const sent = await sentBy(name, { status: 500 });
      expect(new Set(sent.map(({ headers }) => headers["x-ms-client-request-id"])).size).toBe(1);
      expect(new Set(sent.map(({ body }) => body))).toEqual(new Set(['{"scopes":["voip"]}']));
    }
  });
});

describe("our client retries where the official client gives up", () => {
  it.each(["EAI_AGAIN", "EPIPE", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN", "ECONNABORTED"])(
    "after %s, which is a lost connection, too",
    async (code) => {
      expect(await sentBy("official", lost(code))).toHaveLength(1);
      expect(await sentBy("ours", lost(code))).toHaveLength(4);
    },
  );
});

describe("our client gives up where the official client waits too long", () => {
  it.each([503, 429])("after a %i that asks for an hour", async (status) => {
    const transport = stubTransport({ status, headers: { "retry-after": "3600" } });
    const client = makeClient("ours", { httpClient: transport });
    const error = await rejectionOf(() => client.getToken(user, ["voip"]));
    expect(error).toMatchObject({ statusCode: status, retryAfterInMs: 3_600_000, attempts: 1 });
    expect(transport.sent).toHaveLength(1);
  });
});
