import { createHash, createHmac } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { verifyHmac } from "../../../../src/testing/authentication/hmac.js";
import { createFakeIdentityService, type FakeIdentityServiceOptions } from "../../../../src/testing/index.js";
import { createFake } from "../../../../src/testing/service/fake.js";
import type { ReceivedRequest } from "../../../../src/testing/wire/wire.js";
import { ask } from "../../../helpers/testing/ask.js";
import { signedHeaders } from "../../../helpers/testing/sign.js";
import { readToleratedVectors, readVectors, type SignatureVector } from "../../../helpers/vectors/vectors.js";

const create = { method: "POST", target: "/identities?api-version=2023-10-01" };

/** Returns a vector's request as received: with the real host, whatever host the client signed. */
function arrived(
  { method, url, host, date, body, contentHash, signature }: SignatureVector,
  wireHost = host,
): ReceivedRequest {
  const origin = /^https?:\/\/[^/?]*/.exec(url)?.[0] ?? "";
  return {
    method,
    target: url.slice(origin.length).replace(/^(?!\/)/, "/"),
    scheme: "https",
    host: wireHost,
    headers: new Map([
      ["x-ms-date", date],
      ["x-ms-content-sha256", contentHash],
      [
        "authorization",
        `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
      ],
    ]),
    body: new TextEncoder().encode(body ?? ""),
  };
}

async function verify(
  vector: SignatureVector,
  request: ReceivedRequest,
  strict: boolean,
): Promise<string | undefined> {
  const fake = createFake({
    accessKey: vector.key,
    strictness: strict ? "strict" : "standard",
    dateToleranceInMinutes: 1,
  });
  const authorization = request.headers.get("authorization") ?? "";
  vi.setSystemTime(vector.date);
  return (await verifyHmac(request, authorization, fake)).tolerance;
}

describe("signatures that follow the documented rule", () => {
  it.each(readVectors().map((vector) => [vector.name, vector] as const))(
    "%s is accepted in strict mode",
    async (_, vector) => {
      await expect(verify(vector, arrived(vector), true)).resolves.toBeUndefined();
    },
  );

  it.each(readVectors().map((vector) => [vector.name, vector] as const))(
    "%s is rejected after any change to the request",
    async (_, vector) => {
      const request = arrived(vector);
      for (const changed of [
        { ...request, method: request.method === "GET" ? "PUT" : "GET" },
        { ...request, target: `${request.target}x` },
        { ...request, host: `${request.host}x` },
        { ...request, body: new TextEncoder().encode(`${vector.body ?? ""}x`) },
      ]) {
        await expect(verify(vector, changed, false)).rejects.toMatchObject({ status: 401, code: "Denied" });
      }
    },
  );
});

describe("signatures of official clients that deviate from the rule", () => {
  const names: Readonly<Record<string, string>> = {
    portTwice: "js-doubled-port",
    noLeadingSlash: "python-http-path",
    hostWithoutPort: "java-host-without-port",
    decodedTarget: "python-decoded-path",
    formEncodedQuery: "js-form-query",
  };
  const vectors = readToleratedVectors().map((vector) => [vector.name, vector] as const);

  it("all have a named tolerance", () => {
    expect(new Set(vectors.map(([, { tolerance }]) => tolerance))).toEqual(new Set(Object.keys(names)));
  });

  it.each(vectors)("%s is accepted under its tolerance's name", async (_, vector) => {
    const request = arrived(vector, new URL(vector.url).host);
    await expect(verify(vector, request, false)).resolves.toBe(names[vector.tolerance]);
  });

  it.each(vectors)("%s is rejected in strict mode, and the diagnosis names the quirk", async (_, vector) => {
    const request = arrived(vector, new URL(vector.url).host);
    await expect(verify(vector, request, true)).rejects.toMatchObject({
      status: 401,
      options: { diagnosis: expect.stringContaining(names[vector.tolerance] ?? "") },
    });
  });
});

describe("a request to the service", () => {
  it.each([
    ["Date instead of x-ms-date, as old clients do", "date;host;x-ms-content-sha256", "x-ms-date"],
    ["another header, too", "x-ms-date;host;x-ms-content-sha256;x-more", "date"],
  ])("may sign %s, and only a signed date counts", async (_, names, unsigned) => {
    const service = createFakeIdentityService({ strictness: "strict" });
    const hash = createHash("sha256").digest("base64");
    const statusAt = async (signedAt: number, unsignedAt: number) => {
      const date = new Date(signedAt).toUTCString();
      const all = { date, "x-ms-date": date, "x-ms-content-sha256": hash, "x-more": "1" };
      const sent = { ...all, [unsigned]: new Date(unsignedAt).toUTCString() };
      const values: Record<string, string> = { ...sent, host: new URL(service.endpoint).host };
      const text = names.split(";").map((name) => values[name]);
      const signature = createHmac("sha256", Buffer.from(service.accessKey, "base64"))
        .update(`POST\n${create.target}\n${text.join(";")}`)
        .digest("base64");
      const authorization = `HMAC-SHA256 SignedHeaders=${names}&Signature=${signature}`;
      return (await ask(service, { ...create, headers: { ...sent, authorization } })).status;
    };
    const now = Date.now();
    expect(await statusAt(now, now - 3_600_000)).toBe(201);
    expect(await statusAt(now - 3_600_000, now)).toBe(401);
  });

  it("is rejected with the service's message and a diagnosis that contains no key", async () => {
    const service = createFakeIdentityService({ accessKey: Buffer.from("the right key").toString("base64") });
    const reply = await ask(service, { ...create, key: Buffer.from("a wrong key").toString("base64") });
    expect(reply.status).toBe(401);
    expect(reply.body).toEqual({ error: { code: "Denied", message: "Denied by the resource provider." } });
    expect(reply.headers.has("api-supported-versions")).toBe(false);
    const diagnosis = reply.diagnosis ?? "";
    expect(diagnosis).toContain('String to sign: "POST\\n/identities?api-version=2023-10-01\\n');
    for (const secret of [service.accessKey, "the right key", "a wrong key"]) {
      expect(diagnosis).not.toContain(secret);
      expect(JSON.stringify(service.requests)).not.toContain(secret);
    }
    expect(service.requests.at(-1)?.diagnosis).toBe(diagnosis);
  });

  const service = createFakeIdentityService();
  const { host } = new URL(service.endpoint);

  it("that has two quirks of the Python client is accepted with a diagnosis that names them", async () => {
    const target = `${create.target}&x=%61`;
    const signedTarget = `${create.target.slice(1)}&x=a`;
    const reply = await ask(service, { ...create, target, signed: { target: signedTarget } });
    expect([reply.status, reply.diagnosis]).toEqual([
      201,
      "The signature was accepted under the tolerance python-decoded-path",
    ]);
  });

  it("with a body other than the signed one is rejected with the service's message", async () => {
    const body = { createTokenWithScopes: ["chat"] };
    const reply = await ask(service, { ...create, body, signed: { body: "{}" } });
    expect(reply.status).toBe(401);
    expect(reply.body.error).toEqual({
      code: "Denied",
      message: "Request 'x-ms-content-sha256' differs from generated content hash.",
    });
    const hashOf = (text: string) => createHash("sha256").update(text).digest("base64");
    expect(reply.diagnosis).toBe(
      `x-ms-content-sha256 is ${hashOf("{}")}, but the sha256 of the 34 body bytes received is ${hashOf(JSON.stringify(body))}`,
    );
    expect(service.requests.at(-1)).toMatchObject({ diagnosis: reply.diagnosis, topic: "denied-the-body" });
    expect(reply.topic).toBe("denied-the-body");
  });

  it("is checked for its signature first, then its date, and its body last", async () => {
    const topics: (string | null)[] = [];
    for (const key of [btoa("another"), service.accessKey]) {
      const date = new Date(0).toUTCString();
      const signed = { body: "{}", date };
      topics.push((await ask(service, { ...create, body: { more: 1 }, key, signed })).topic);
    }
    expect(topics).toEqual(["denied-the-signature", "denied-the-clock"]);
  });

  it.each<[string, (date: Date) => string, number]>([
    ["in ISO 8601", (date) => date.toISOString(), 201],
    ["in RFC 850", (date) => date.toUTCString().replace("GMT", "UTC"), 201],
    [
      "in HTTP's format, but on another day of the week",
      (date) => date.toUTCString().replace(/^\w+/, (day) => (day === "Mon" ? "Tue" : "Mon")),
      201,
    ],
    ["that isn't one", () => "today", 401],
  ])("with a date %s is refused in strict mode (%#)", async (_, format, standard) => {
    for (const [strictness, expected] of [
      ["strict", 401],
      ["standard", standard],
    ] as const) {
      const dated = createFakeIdentityService({ strictness });
      const reply = await ask(dated, { ...create, signed: { date: format(new Date()) } });
      expect(reply.status).toBe(expected);
      if (expected === 201) continue;
      expect(reply.topic).toBe("denied-the-clock");
      expect(reply.diagnosis).toBe("x-ms-date isn't a date like Mon, 13 Mar 2023 09:47:52 GMT");
    }
  });

  it.each([
    [{}, -900, 201],
    [{}, 900, 201],
    [{}, -901, 401],
    [{}, 901, 401],
    [{ dateToleranceInMinutes: 1 }, -61, 401],
    [{ dateToleranceInMinutes: 60 }, -3600, 201],
  ] satisfies [FakeIdentityServiceOptions, number, number][])(
    "with %j and a date %d s off gets %d",
    async (options, seconds, status) => {
      vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-10-21T07:28:00Z") });
      const dated = createFakeIdentityService(options);
      const date = new Date(Date.now() + seconds * 1000).toUTCString();
      const reply = await ask(dated, { ...create, signed: { date } });
      expect(reply.status).toBe(status);
      if (status === 201) return;
      expect(reply.topic).toBe("denied-the-clock");
      const words = seconds < 0 ? "behind" : "ahead of";
      const allowed = 60 * ((options as FakeIdentityServiceOptions).dateToleranceInMinutes ?? 15);
      expect(reply.diagnosis).toBe(
        `x-ms-date is ${Math.abs(seconds)} s ${words} the service's wall clock; ${allowed} s are allowed`,
      );
    },
  );

  it.each<[string, (names: string, signature: string) => string]>([
    [
      "spaces and in other case",
      (names, signature) =>
        `hmac-sha256   signedheaders = ${names.toUpperCase()}  &  SIGNATURE = ${signature} `,
    ],
    [
      "other fields and in another order",
      (names, signature) => `HMAC-SHA256 Signature=${signature}&other=1&=x&SignedHeaders=${names}`,
    ],
  ])("may write its signature with %s", async (_, spell) => {
    const { authorization = "", ...others } = signedHeaders({ ...create, host, key: service.accessKey });
    const [, names = "", signature = ""] = /SignedHeaders=(.+)&Signature=(.+)/.exec(authorization) ?? [];
    const headers = { ...others, authorization: spell(names, signature) };
    expect((await ask(service, { ...create, headers })).status).toBe(201);
  });
});
