import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { OperationName } from "../../src/generated/routes.js";
import { authenticate } from "../../src/testing/auth/admit.js";
import { verifyBearer } from "../../src/testing/auth/bearer.js";
import { createServiceCore } from "../../src/testing/serviceCore.js";
import { HttpError } from "../../src/testing/wire/httpError.js";
import type { ReceivedRequest } from "../../src/testing/wire/wire.js";
import { signToken } from "./entra/signToken.js";
import { signedHeaders } from "./sign.js";

const time = 1_800_000_000_000;
const resource = "https://communication.azure.com/";
const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

const service = createServiceCore({ accessKey: key, dateToleranceInMinutes: 1 });
const loosely = createServiceCore({ strictness: "loose" });

beforeEach(() => void vi.setSystemTime(time));
afterEach(() => void vi.useRealTimers());

async function verdictOf(verify: () => Promise<unknown>): Promise<unknown> {
  try {
    return await verify();
  } catch (error) {
    return error instanceof HttpError ? error.options.diagnosis : error;
  }
}

async function verdictOn(
  claims: object,
  operation: OperationName = "createUser",
  core = service,
): Promise<unknown> {
  const token = await signToken({ exp: time / 1000 + 1, aud: resource, ...claims });
  return verdictOf(() => verifyBearer(token, operation, core));
}

describe("a bearer token", () => {
  it.each<[OperationName, string, boolean]>([
    ["createUser", resource, true],
    ["createUser", "https://communication.azure.com", true],
    ["createUser", "", false],
    ["createUser", "https://communication.azure.com/clients", false],
    ["getTokenForTeamsExtensionUser", "https://auth.msft.communication.azure.com", true],
    ["getTokenForTeamsExtensionUser", "https://auth.msft.communication.azure.com/", true],
    ["getTokenForTeamsExtensionUser", "https://auth.msft.communication.azure.us", true],
    ["getTokenForTeamsExtensionUser", "https://auth.msft.communication.azure.us/", true],
    ["getTokenForTeamsExtensionUser", resource, false],
    ["getTokenForTeamsExtensionUser", "", false],
    ["getTokenForEntraUser", "https://communication.azure.com/clients", true],
    ["getTokenForEntraUser", "https://communication.azure.com/clients/", true],
    ["getTokenForEntraUser", resource, false],
    ["getTokenForEntraUser", "", false],
  ])("for %s is accepted with the audience %j: %s", async (operation, aud, isGood) => {
    if (isGood) expect(await verdictOn({ aud }, operation)).toMatchObject({ aud });
    else
      expect(await verdictOn({ aud }, operation)).toMatch(
        /^The bearer token is meant for ".*", not for https:/,
      );
  });

  it.each([
    [time / 1000, "The bearer token expired 0 s ago"],
    [time / 1000 - 90, "The bearer token expired 90 s ago"],
    [undefined, "The bearer token has no expiry (claim exp)"],
    ["soon", "The bearer token has no expiry (claim exp)"],
  ])("that expires at %s is rejected: %s", async (exp, words) => {
    expect(await verdictOn({ exp })).toBe(words);
  });

  it("is accepted by a loose service, whatever it contains", async () => {
    expect(await verdictOn({ aud: "x", exp: 1 }, "createUser", loosely)).toMatchObject({ aud: "x" });
    expect(await verifyBearer("no JWT", "createUser", loosely)).toEqual({});
    expect(await verdictOf(() => verifyBearer("no JWT", "createUser", service))).toBe(
      "The bearer token isn't a JWT",
    );
  });
});

describe("a request", () => {
  const target = "/identities?api-version=2023-10-01";

  async function caller(headers: Record<string, string>, host = "a.example"): Promise<unknown> {
    const request: ReceivedRequest = {
      method: "POST",
      target,
      scheme: "https",
      host,
      headers: new Map(Object.entries(headers)),
      body: new Uint8Array(),
    };
    const answer = authenticate(request, "createUser", service);
    return answer.catch((error: unknown) => (error instanceof HttpError ? error.options.diagnosis : error));
  }

  const sign = (host: string) =>
    signedHeaders({ method: "POST", target, host, key, date: new Date(time).toUTCString() });

  it("is authenticated by the access key, with the tolerance that it needs", async () => {
    expect(await caller(sign("a.example"))).toStrictEqual({
      caller: { kind: "accessKey", keyType: "primary", key },
    });
    expect(await caller(sign("a.example"), "a.example:1")).toStrictEqual({
      caller: { kind: "accessKey", keyType: "primary", key },
      tolerance: "java-host-without-port",
    });
  });

  it("is authenticated by a bearer token, whatever the scheme's case and the white space", async () => {
    const claims = { exp: time / 1000 + 1, aud: resource };
    const token = await signToken(claims);
    for (const authorization of [`Bearer ${token}`, `bearer   ${token} `]) {
      expect(await caller({ authorization })).toMatchObject({ caller: { kind: "entra", claims } });
    }
  });

  it.each([
    [{}, "The request has no Authorization header"],
    [{ authorization: "" }, "The request has no Authorization header"],
    [{ authorization: "Basic x" }, "The Authorization header must start with HMAC-SHA256 or Bearer"],
    [{ authorization: "HMAC-SHA256" }, "Expected Authorization: HMAC-SHA256 SignedHeaders"],
  ])("is rejected without valid credentials: %o", async (headers, words) => {
    expect(await caller(headers as Record<string, string>)).toContain(words);
  });
});
