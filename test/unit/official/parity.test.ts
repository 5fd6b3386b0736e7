// The official client is the reference: our client must send and return the same.
import { beforeAll, describe, expect, it } from "vitest";
import {
  type Call,
  clientNames,
  makeClient,
  makeClientWithCredential,
  oddCalls,
  sixCalls,
} from "../../helpers/bothClients.js";
import { type Certificates, makeCertificates } from "../../helpers/certificates.js";
import { headerNames, startServer, type WireRequest, wireHeader } from "../../helpers/server.js";
import { testKey, tokenBody, user } from "../../helpers/values.js";
import { isWellSigned } from "../../helpers/wireSignature.js";

/** Headers whose values differ from request to request, or name the client. */
const ownValues = [
  "accept-encoding",
  "authorization",
  "host",
  "user-agent",
  "x-ms-client-request-id",
  "x-ms-date",
];

function comparable(sent: WireRequest | undefined) {
  const request = sent ?? expect.fail("nothing was sent");
  const { method, target, body } = request;
  const headers = Object.fromEntries(
    request.rawHeaders
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name, value]) => !ownValues.includes(name) || value === "mine"),
  );
  return { method, target, body, headerNames: headerNames(request), headers };
}

async function exchange(call: Call) {
  const server = await startServer(() => call.answer);
  const text = `endpoint=${server.origin}/;accesskey=${testKey}`;
  const results: unknown[] = [];
  for (const name of clientNames) results.push(await call.run(makeClient(name, {}, text)));
  return { results, requests: server.requests };
}

describe("with an access key, both clients send and return the same for", () => {
  it.each([...sixCalls, ...oddCalls].map((call) => [call.name, call] as const))("%s", async (_, call) => {
    const { results, requests } = await exchange(call);
    expect(requests).toHaveLength(2);
    const [official, ours] = requests;
    expect(comparable(ours)).toEqual(comparable(official));
    expect(results[1]).toStrictEqual(results[0]);
    expect(ours && isWellSigned(ours, testKey), "signed as documented").toBe(true);
    // The headers that differ have the same format.
    for (const request of requests) {
      const header = (name: string) => wireHeader(request, name);
      expect(header("x-ms-client-request-id")).toMatch(
        /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^mine$/,
      );
      expect(header("x-ms-date")).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
      expect(header("authorization")).toMatch(
        /^HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=[A-Za-z0-9+/]{43}=$/,
      );
    }
  });
});

describe("the comparison", () => {
  it("covers everything that both clients send", async () => {
    const call = sixCalls[2] ?? expect.fail();
    const { results, requests } = await exchange(call);
    // Responses are small, and a lost gzip stream hangs.
    expect(wireHeader(requests[1], "accept-encoding")).toBe("identity");
    expect(comparable(requests[1])).toEqual({
      method: "POST",
      target: `/identities/${encodeURIComponent(user.communicationUserId)}/:issueAccessToken?api-version=2023-10-01`,
      body: '{"scopes":["voip"]}',
      headerNames: [
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "user-agent",
        "x-ms-client-request-id",
        "x-ms-content-sha256",
        "x-ms-date",
      ],
      headers: {
        accept: "application/json",
        connection: "keep-alive",
        "content-length": "19",
        "content-type": "application/json",
        "x-ms-content-sha256": expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
      },
    });
    expect(results[1]).toStrictEqual({
      token: tokenBody.token,
      expiresOn: new Date("2030-01-02T03:04:05.123Z"),
    });
  });
});

describe("with an Entra credential, both clients send and return the same for", () => {
  let certificates: Certificates;
  beforeAll(async () => {
    certificates = makeCertificates();
  });
  const credential = {
    getToken: async () => ({ token: "entra.access.token", expiresOnTimestamp: Date.now() + 3_600_000 }),
  };

  it.each(sixCalls)("$name", async (call) => {
    const server = await startServer(() => call.answer, { tls: certificates });
    const results: unknown[] = [];
    for (const name of clientNames) {
      const options = { tlsOptions: { ca: certificates.ca } };
      results.push(await call.run(makeClientWithCredential(name, server.origin, credential, options)));
    }
    const [official, ours] = server.requests;
    expect(comparable(ours)).toEqual(comparable(official));
    expect(headerNames(ours)).not.toContain("x-ms-date");
    expect(wireHeader(ours, "authorization")).toBe("Bearer entra.access.token");
    expect(results[1]).toStrictEqual(results[0]);
  });
});
