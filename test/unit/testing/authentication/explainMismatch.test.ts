import { describe, expect, it } from "vitest";
import { createFakeIdentityService } from "../../../../src/testing/index.js";
import { ask } from "../../../helpers/testing/ask.js";
import { signedHeaders } from "../../../helpers/testing/sign.js";

const create = { method: "POST", target: "/identities?api-version=2023-10-01" };
const text = (key: string) => Buffer.from(key).toString("base64");
const service = createFakeIdentityService({
  accessKey: text("0123456789"),
  secondaryAccessKey: text("9876543210"),
});
const { host } = new URL(service.endpoint);
const { accessKey: wellKnown, secondaryAccessKey: otherWellKnown } = createFakeIdentityService();
const signed = (key: string, at = host) => signedHeaders({ ...create, host: at, key });
const signedOver = (names: string) => ({
  authorization: `HMAC-SHA256 SignedHeaders=${names}&Signature=AA==`,
});
const mustBe = "SignedHeaders must be x-ms-date;host;x-ms-content-sha256";
const stringToSign = (headers: Record<string, string>) =>
  `POST\n${create.target}\n${headers["x-ms-date"]};${host};${headers["x-ms-content-sha256"]}`;

// A second call could have another date.
const signedNow = signed(wellKnown);

describe("a request to the service", () => {
  it.each<[string, Record<string, string>, string]>([
    ["no Authorization", { authorization: "" }, "no Authorization header"],
    ["another scheme", { authorization: "Basic eDp5" }, "must start with HMAC-SHA256 or Bearer"],
    ...[
      "",
      " SignedHeaders=x-ms-date",
      " Signature=AA==",
      " SignedHeaders&Signature",
      " SignedHeaders=&Signature=AA==",
      " SignedHeaders=host&Signature=%%%",
      " SignedHeaders=host,Signature=AA==",
    ].map((fields): [string, Record<string, string>, string] => [
      `HMAC-SHA256${fields}`,
      { authorization: `HMAC-SHA256${fields}` },
      "Expected Authorization: HMAC-SHA256 SignedHeaders",
    ]),
    ["no signed host", signedOver("x-ms-date;x-ms-content-sha256"), mustBe],
    ["no signed date", signedOver("host;x-ms-content-sha256"), mustBe],
    ["no signed body", signedOver("x-ms-date;host"), mustBe],
    ["thousands of signed headers", signedOver("host;".repeat(4000)), mustBe],
    [
      "__proto__ as a signed header",
      signedOver("x-ms-date;host;x-ms-content-sha256;__proto__"),
      "request: __proto__",
    ],
    ["another host", signed(service.accessKey, `${host}:443`), `The client signed the host ${host}:443`],
    [
      "the trailing slash of Python's endpoint",
      signed(service.accessKey, `${host}/`),
      `The client signed the host ${host}/, with the slash at the end of its endpoint: the Python client`,
    ],
    [
      "the host that a proxy forwarded",
      { ...signed(service.accessKey, "b.example"), "x-forwarded-host": "b.example" },
      ". The client signed the host b.example. String to sign",
    ],
    [
      "a wrong content hash",
      { ...signed(service.accessKey), "x-ms-content-sha256": "wrong" },
      ". x-ms-content-sha256 is not a SHA-256 in base64, but the sha256 of the 0 body bytes received is 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=. String to sign",
    ],
    [
      "two headers that it lacks",
      signedOver("x-ms-date;host;x-ms-content-sha256;x-a;x-b"),
      "missing in the request: x-a, x-b",
    ],
    ["the key as text", signed(text(service.accessKey)), "must be decoded from base64 first"],
    ["the other key as text", signed(text(service.secondaryAccessKey)), "must be decoded from base64 first"],
    ["the well-known key", signed(wellKnown), "used the well-known access key"],
    ["the other well-known key", signed(otherWellKnown), "used the well-known access key"],
    ["an unknown key", signed(text("unknown")), "Either the client's access key isn't that of this"],
    [
      "Java's string to sign and another key",
      { ...signedNow, "x-ms-hmac-string-to-sign-base64": text(stringToSign(signedNow)) },
      "signed the same text, so its key is different",
    ],
    [
      "another string to sign from Java",
      { ...signed(wellKnown), "x-ms-hmac-string-to-sign-base64": text("GET\n/") },
      'The client signed "GET\\n/"',
    ],
    [
      "a string to sign from Java that isn't UTF-8",
      { ...signed(wellKnown), "x-ms-hmac-string-to-sign-base64": "//79" },
      ". The client signed ",
    ],
  ])("with %s gets a diagnosis that says so", async (_, headers, expected) => {
    const reply = await ask(service, { ...create, headers });
    expect(reply.status).toBe(401);
    expect(reply.diagnosis).toContain(expected);
    if (expected.includes("sha256 is")) expect(service.requests.at(-1)?.diagnosis).toContain(expected);
  });

  it("with a wrong key gets the whole string to sign, whatever its hash looks like", async () => {
    // Its hash has only letters and digits, as a secret of 32 bytes in base64url.
    const body = '{"createTokenWithScopes":["voip"]}';
    const hash = "k4k9IoKBLYipoiXK3LctfBcfghISSb6AI45ji7ILZfg=";
    const { diagnosis } = await ask(service, { ...create, body, key: text("unknown") });
    expect(diagnosis).toContain(`;${host};${hash}"`);
    expect(service.requests.at(-1)).toMatchObject({
      diagnosis: expect.stringContaining(hash),
      headers: { "x-ms-content-sha256": hash },
    });
  });

  it("gets a diagnosis of 2000 printable ASCII characters at most", async () => {
    const headers = signedOver(`x-ms-date;host;x-ms-content-sha256;${"é".repeat(2000)}`);
    const { diagnosis } = await ask(service, { ...create, headers });
    expect(diagnosis).toBe("Signed, but missing in the request: ".padEnd(2000, "?"));
  });

  it("with a wrong key and a string to sign that isn't base64 gets no finding about the latter", async () => {
    const headers = { ...signed(text("unknown")), "x-ms-hmac-string-to-sign-base64": "%%%" };
    const reply = await ask(service, { ...create, headers });
    expect(reply.diagnosis).not.toContain("The client signed");
  });

  it("with a wrong key gets no finding about the well-known key from a service that uses it", async () => {
    const reply = await ask(createFakeIdentityService(), { ...create, key: text("unknown") });
    expect(reply.diagnosis).not.toContain("well-known");
  });

  it.each([
    ["A.example", "a.example"],
    ["localhost:3000", "127.0.0.1:3000"],
    ["127.0.0.1:3000", "localhost:3000"],
    ["[::1]:3000", "localhost:3000"],
    ["localhost:3000", "[::1]:3000"],
    ["proxy.example", "localhost"],
    ["proxy.example:3000", host],
  ])(
    "that arrives for %s but was signed for %s gets a diagnosis that says so",
    async (arrivedFor, signedFor) => {
      const question = { ...create, signed: { host: signedFor }, headers: { host: arrivedFor } };
      const { diagnosis } = await ask(service, question);
      expect(diagnosis).toContain(`. The client signed the host ${signedFor}. `);
      expect(diagnosis).not.toContain("Either");
    },
  );

  it("over http that was signed with the port 80 gets a diagnosis that says so", async () => {
    const plain = createFakeIdentityService({ endpoint: "http://127.0.0.1/" });
    const { diagnosis } = await ask(plain, { ...create, signed: { host: "127.0.0.1:80" } });
    expect(diagnosis).toContain("The client signed the host 127.0.0.1:80. ");
  });

  it.each([
    ["its path without its query", { target: "/identities" }, "the path without its query"],
    ["a verb in lower case", { method: "post" }, "the method post instead of POST"],
    ["another verb", { method: "PUT" }, "the method PUT instead of POST"],
  ])("that was signed with %s gets a diagnosis that says so", async (_, signed, expected) => {
    const { diagnosis } = await ask(service, { ...create, signed });
    expect(diagnosis).toContain(`The signature doesn't match. The client signed ${expected}. String to sign`);
  });

  it("that was signed with its headers in another order gets a diagnosis that says so", async () => {
    const headers = signed(service.accessKey);
    const [order, wrong] = ["x-ms-date;host;x-ms-content-sha256", "host;x-ms-content-sha256;x-ms-date"];
    const authorization = headers.authorization?.replace(order, wrong) ?? "";
    const { diagnosis } = await ask(service, { ...create, headers: { ...headers, authorization } });
    expect(diagnosis).toContain(
      `. The client signed the headers in the order ${order}, which isn't that of its SignedHeaders. String`,
    );
  });

  it("that was signed as a whole URL gets a diagnosis that says so", async () => {
    const target = `https://${host}${create.target}`;
    const { diagnosis } = await ask(service, { ...create, signed: { target } });
    expect(diagnosis).toContain(". The client signed the whole URL");
  });

  it("gets a diagnosis that names one quirk, even if another would explain it, too", async () => {
    const strict = createFakeIdentityService({ strictness: "strict" });
    const { diagnosis } = await ask(strict, { ...create, signed: { target: create.target.slice(1) } });
    expect(diagnosis).toContain("Without strict it would match: python-http-path");
    expect(diagnosis?.match(/Without strict/g)).toHaveLength(1);
  });
});
