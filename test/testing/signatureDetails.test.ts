import { createHash, createHmac } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AccessKey, wellKnownAccessKeys } from "../../src/testing/auth/accessKey.js";
import { verifyHmac } from "../../src/testing/auth/hmac.js";
import { readHmacHeader } from "../../src/testing/auth/stringToSign.js";
import { createServiceCore } from "../../src/testing/serviceCore.js";
import type { FakeIdentityServiceOptions } from "../../src/testing/settings.js";
import { HttpError } from "../../src/testing/wire/httpError.js";
import type { ReceivedRequest } from "../../src/testing/wire/wire.js";

const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const otherKey = "/v38+/r5+Pf29fTz8vHw7+7t7Ovq6ejn5uXk4+Lh4N8=";
const time = Date.parse("2026-10-21T07:28:00Z");
const dateText = new Date(time).toUTCString();

interface Form {
  readonly target?: string;
  readonly host?: string;
  readonly scheme?: "http" | "https";
  readonly body?: string;
  readonly headers?: Record<string, string>;
  /** What the client signs instead of what it sends. */
  readonly signedTarget?: string;
  readonly signedHost?: string;
  readonly signedNames?: string;
  readonly key?: Buffer;
  readonly authorization?: (signature: string) => string;
}

function requestOf(form: Form): ReceivedRequest {
  const { target = "/identities?api-version=1", host = "a.example:8080", scheme = "http", body = "" } = form;
  const { signedTarget = target, signedHost = host } = form;
  const { signedNames = "x-ms-date;host;x-ms-content-sha256" } = form;
  const hash = createHash("sha256").update(body).digest("base64");
  const headers = new Map(
    Object.entries({ "x-ms-date": dateText, "x-ms-content-sha256": hash, ...form.headers }),
  );
  const values = signedNames
    .split(";")
    .map((name) => (name === "host" ? signedHost : (headers.get(name) ?? "")));
  const signature = createHmac("sha256", form.key ?? Buffer.from(key, "base64"))
    .update(`POST\n${signedTarget}\n${values.join(";")}`)
    .digest("base64");
  const value =
    form.authorization?.(signature) ?? `HMAC-SHA256 SignedHeaders=${signedNames}&Signature=${signature}`;
  headers.set("authorization", value);
  return { method: "POST", target, scheme, host, headers, body: new TextEncoder().encode(body) };
}

afterEach(() => void vi.useRealTimers());

/** Returns the name of the tolerance, `accepted`, or the diagnosis. */
async function verdictOn(
  form: Form,
  options: FakeIdentityServiceOptions = {},
  wallTime = time,
): Promise<string> {
  vi.setSystemTime(wallTime);
  const request = requestOf(form);
  const core = createServiceCore({
    accessKey: key,
    endpoint: "https://fake.example/",
    strictness: "strict",
    dateToleranceInMinutes: 1,
    ...options,
  });
  try {
    const authorization = request.headers.get("authorization") ?? "";
    return (await verifyHmac(request, authorization, core)).tolerance ?? "accepted";
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    expect(error.status).toBe(401);
    return error.options.diagnosis ?? "";
  }
}

describe("the header of a signature", () => {
  const signature = "AAAA";
  it.each([
    `HMAC-SHA256 SignedHeaders=a;b&Signature=${signature}`,
    `hmac-sha256   signedheaders = A ; b  &  SIGNATURE = ${signature} `,
    `HMAC-SHA256 Signature=${signature}&other=1&=x&SignedHeaders=a;b`,
  ])("is read from %s", (text) => {
    expect(readHmacHeader(text)).toEqual({ signedHeaders: ["a", "b"], signature: new Uint8Array(3) });
  });

  it.each([
    "HMAC-SHA256 SignedHeaders=a",
    `HMAC-SHA256 Signature=${signature}`,
    `HMAC-SHA256 SignedHeaders=&Signature=${signature}`,
    "HMAC-SHA256 SignedHeaders=a&Signature=%%%",
    `HMAC-SHA256 SignedHeaders=a;b,Signature=${signature}`,
    `x HMAC-SHA256 SignedHeaders=a&Signature=${signature}`,
  ])("isn't read from %s", (text) => {
    expect(readHmacHeader(text)).toBeUndefined();
  });
});

describe("a signature", () => {
  it("is accepted as documented, with additional headers, and with Date instead of x-ms-date", async () => {
    expect(await verdictOn({})).toBe("accepted");
    expect(await verdictOn({ body: '{"x":1}' })).toBe("accepted");
    expect(
      await verdictOn({
        headers: { "x-more": "1" },
        signedNames: "x-ms-date;host;x-ms-content-sha256;x-more",
      }),
    ).toBe("accepted");
    expect(
      await verdictOn({ headers: { date: dateText }, signedNames: "date;host;x-ms-content-sha256" }),
    ).toBe("accepted");
  });

  it.each([
    [
      "host;x-ms-content-sha256",
      "SignedHeaders must be x-ms-date;host;x-ms-content-sha256, not host;x-ms-content-sha256",
    ],
    ["x-ms-date;x-ms-content-sha256", "SignedHeaders must be"],
    ["x-ms-date;host", "SignedHeaders must be"],
    ["x-ms-date;host;x-ms-content-sha256;x-a;x-b", "Signed, but missing in the request: x-a, x-b"],
  ])("over %s is rejected: %s", async (signedNames, words) => {
    expect(await verdictOn({ signedNames })).toContain(words);
  });

  it.each([
    [0, "accepted"],
    [60_000, "accepted"],
    [-60_000, "accepted"],
    [61_000, "x-ms-date is 61 s behind the service's wall clock; 60 s are allowed"],
    [-61_000, "x-ms-date is 61 s ahead of the service's wall clock; 60 s are allowed"],
  ])("dated %i ms before the service's time gets: %s", async (difference, verdict) => {
    expect(await verdictOn({}, {}, time + difference)).toBe(verdict);
  });

  it("with an invalid date is rejected, and so is one over another body", async () => {
    const noDate = "x-ms-date isn't a date like Mon, 13 Mar 2023 09:47:52 GMT";
    expect(await verdictOn({ headers: { "x-ms-date": "soon" } })).toBe(noDate);
    const hash = createHash("sha256").update("").digest("base64");
    const wrong = await verdictOn({ body: "x", headers: { "x-ms-content-sha256": hash } });
    expect(wrong).toMatch(/^x-ms-content-sha256 of the 1 body bytes received is /);
  });
});

describe("the diagnosis of a signature that doesn't match", () => {
  const text = "String to sign";

  it.each<[string, Form]>([
    ["Without strict it would match: java-host-without-port", { signedHost: "a.example" }],
    ["Without strict it would match: js-doubled-port", { signedHost: "a.example:8080:8080" }],
    [
      "Without strict it would match: python-http-path",
      { target: "/identities/a%3Ab", signedTarget: "identities/a%3Ab" },
    ],
    [
      "Without strict it would match: python-decoded-path",
      { target: "/identities/a%3Ab", signedTarget: "/identities/a:b" },
    ],
    [
      "Without strict it would match: python-decoded-path",
      { target: "/identities/a%3Ab", signedTarget: "identities/a:b" },
    ],
    [
      "Without strict it would match: js-form-query",
      { target: "/identities?a=%20b", signedTarget: "/identities?a=+b" },
    ],
    [
      "The client signed the host b.example",
      { signedHost: "b.example", headers: { "x-forwarded-host": "b.example" } },
    ],
    ["The client signed the host a.example:80", { host: "a.example", signedHost: "a.example:80" }],
    [
      "The client signed the host a.example:443",
      { host: "a.example", signedHost: "a.example:443", scheme: "https" },
    ],
    ["The client signed the host a.example", { host: "A.example", signedHost: "a.example" }],
    ["The client used the access key as text", { key: Buffer.from(key) }],
    [
      "The client used the well-known access key",
      { key: Buffer.from(wellKnownAccessKeys.primary, "base64") },
    ],
    [
      "Either the client's access key isn't that of this service's connection string, or something on the way changed the host or path",
      { key: Buffer.from(otherKey, "base64") },
    ],
  ])("says: %s", async (finding, form) => {
    const verdict = await verdictOn(form);
    expect(verdict).toMatch(/^The signature doesn't match; .+; String to sign: "POST\\n.+/s);
    // This finding and no other.
    expect(verdict.split("; ").filter((part) => !part.includes(text) && part.includes(" "))).toContainEqual(
      expect.stringContaining(finding),
    );
    expect(verdict.match(/; (?=[A-Z])/g)).toHaveLength(2);
    expect(verdict).not.toContain(key);
  });

  it("names the text that the client says it signed, and a wrong content hash", async () => {
    const bad = { key: Buffer.from(otherKey, "base64") };
    const base64 = (own: string) => ({
      "x-ms-hmac-string-to-sign-base64": Buffer.from(own).toString("base64"),
    });
    const signed = `POST\n/identities?api-version=1\n${dateText};a.example:8080;${createHash("sha256").digest("base64")}`;
    expect(await verdictOn({ ...bad, headers: base64(signed) })).toContain(
      "; The client signed the same text, so its key is different",
    );
    expect(await verdictOn({ ...bad, headers: base64("other") })).toContain('; The client signed "other"');
    const noBase64 = await verdictOn({ ...bad, headers: { "x-ms-hmac-string-to-sign-base64": "%%%" } });
    expect(noBase64).not.toContain("The client signed");
    const wrongHash = await verdictOn({ ...bad, body: "x", headers: { "x-ms-content-sha256": "wrong" } });
    const actual = createHash("sha256").update("x").digest("base64");
    expect(wrongHash).toContain(`; x-ms-content-sha256 should be ${actual}`);
    expect(wrongHash).not.toContain("Either the client");
  });

  it("doesn't name the well-known key if the service uses it", async () => {
    const settings = { accessKey: wellKnownAccessKeys.primary };
    const verdict = await verdictOn({ key: Buffer.from(otherKey, "base64") }, settings);
    expect(verdict).not.toContain("well-known");
    expect(await verdictOn({ key: Buffer.from(wellKnownAccessKeys.primary, "base64") }, settings)).toBe(
      "accepted",
    );
  });
});

describe("under the standard tolerances", () => {
  it.each<[string, Form]>([
    ["java-host-without-port", { signedHost: "a.example" }],
    ["js-doubled-port", { signedHost: "a.example:8080:8080" }],
    ["js-form-query", { target: "/identities?a=%20b", signedTarget: "/identities?a=+b" }],
    ["python-http-path", { signedTarget: "identities?api-version=1" }],
    ["python-decoded-path", { target: "/a%3Ab", signedTarget: "/a:b" }],
    ["python-decoded-path", { target: "/a%3Ab", signedTarget: "a:b" }],
  ])("%s is accepted, and in strict mode named in the diagnosis", async (name, form) => {
    expect(await verdictOn(form, { strictness: "standard" })).toBe(name);
    expect(await verdictOn(form, { strictness: "strict" })).toContain(`would match: ${name}`);
  });

  it.each<[string, Form]>([
    ["a port in the middle of a host", { host: "a:1.example", signedHost: "a.example" }],
    ["a target that can't be decoded", { target: "/%E0%A4%A", signedTarget: "/other" }],
    ["a target without a query", { target: "/identities", signedTarget: "/identitie?identities=" }],
    ["another host", { signedHost: "b.example" }],
  ])("%s is rejected", async (_, form) => {
    expect(await verdictOn(form, { strictness: "standard" })).toContain("The signature doesn't match");
  });
});

it.each(["", "%%%", "a"])("%j isn't an access key", (text) => {
  expect(() => AccessKey.fromBase64(text)).toThrow(/^accessKey must be base64 of at least one byte$/);
});
