import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AzureKeyCredential, CommunicationIdentityClient } from "../../src/index.js";
import { stubTransport } from "../helpers/stubTransport.js";
import { otherKey, testEndpoint, testKey, tokenBody, user } from "../helpers/values.js";
import { isWellSigned } from "../helpers/wireSignature.js";

const busy = { status: 503, headers: { "retry-after": "2" } };
const ok = { status: 200, body: tokenBody };

describe("signing in the client's pipeline", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: new Date("2026-01-02T03:04:05.000Z") });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("gives each attempt its own date and signature", async () => {
    const transport = stubTransport(busy, busy, busy, ok);
    const client = new CommunicationIdentityClient(testEndpoint, new AzureKeyCredential(testKey), {
      httpClient: transport,
    });
    const call = client.getToken(user, ["voip"]);
    await vi.advanceTimersByTimeAsync(10_000);
    await call;
    expect(transport.sent.map(({ headers }) => headers["x-ms-date"])).toEqual([
      "Fri, 02 Jan 2026 03:04:05 GMT",
      "Fri, 02 Jan 2026 03:04:07 GMT",
      "Fri, 02 Jan 2026 03:04:09 GMT",
      "Fri, 02 Jan 2026 03:04:11 GMT",
    ]);
    expect(new Set(transport.sent.map(({ headers }) => headers.authorization)).size).toBe(4);
    expect(transport.sent.every((sent) => isWellSigned(sent, testKey))).toBe(true);
  });

  it("uses the current key for a retry", async () => {
    const transport = stubTransport(busy, ok);
    const credential = new AzureKeyCredential(testKey);
    const client = new CommunicationIdentityClient(testEndpoint, credential, { httpClient: transport });
    const call = client.getToken(user, ["voip"]);
    await vi.advanceTimersByTimeAsync(1_000);
    credential.update(otherKey);
    await vi.advanceTimersByTimeAsync(2_000);
    await call;
    const [first, second] = transport.sent;
    expect(transport.sent).toHaveLength(2);
    expect(first && isWellSigned(first, testKey)).toBe(true);
    expect(second && isWellSigned(second, otherKey)).toBe(true);
  });

  it("keeps the client request id across the attempts of a call, and changes it between calls", async () => {
    const transport = stubTransport(busy, ok);
    const client = new CommunicationIdentityClient(testEndpoint, new AzureKeyCredential(testKey), {
      httpClient: transport,
    });
    const call = client.getToken(user, ["voip"]);
    await vi.advanceTimersByTimeAsync(3_000);
    await call;
    await client.getToken(user, ["voip"]);
    const ids = transport.sent.map(({ headers }) => headers["x-ms-client-request-id"]);
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });
});
