// No text from outside holds a program up: what is quadratic takes hours for a megabyte, and then the runner ends the test.
import { describe, expect, it } from "vitest";
import { explainEntraError } from "../../../src/cli/doctor/entraErrors.js";
import { CommunicationIdentityClient, parseConnectionString } from "../../../src/index.js";
import { urlRedactor } from "../../../src/pipeline/urlRedactor.js";
import { readToken } from "../../../src/refresher/readToken.js";
import { isLoopback } from "../../../src/shared/loopback.js";
import { readRetryAfterInMs } from "../../../src/shared/retryAfter.js";
import { createFakeIdentityService } from "../../../src/testing/index.js";
import { readJwt } from "../../../src/testing/jwt/jwt.js";
import { cutHeader, cutText } from "../../../src/testing/log/cutSecrets.js";
import { longTexts } from "../../helpers/longTexts.js";
import { stubTransport } from "../../helpers/stubTransport.js";
import { connectionString, user } from "../../helpers/values.js";

describe("a client", () => {
  it("refuses a long connection string", () => {
    for (const text of longTexts)
      expect(() => parseConnectionString(text)).toThrow("longer than 8192 characters");
  });

  it.each(["Bearer", "HMAC"])("reads a response of long texts to a request with %s", async (scheme) => {
    const token = async () => ({ token: "abcdefghijklmnop", expiresOnTimestamp: Date.now() + 3_600_000 });
    for (const text of longTexts) {
      const said = text.replaceAll("\n", " ");
      const quoted = `${scheme} error="insufficient_claims", error_description="${said}", claims="${said}"`;
      const transport = stubTransport({
        status: 401,
        headers: {
          "www-authenticate": quoted,
          "content-type": said,
          "retry-after": said,
          date: said,
          location: said,
          "x-ms-error-code": said,
          "x-ms-emulator-diagnosis": said,
        },
        body: text,
      });
      const client =
        scheme === "HMAC"
          ? new CommunicationIdentityClient(connectionString, { httpClient: transport })
          : new CommunicationIdentityClient(
              "https://a.example",
              { getToken: token },
              { httpClient: transport },
            );
      await expect(client.deleteUser(user)).rejects.toThrow();
    }
  });

  it("redacts long URLs", () => {
    const redactUrl = urlRedactor(["identities"], {});
    for (const text of longTexts) {
      const url = redactUrl(`https://a.example/identities/${encodeURI(text)}?${encodeURI(text)}`);
      expect(url).toMatch(/^https:/);
    }
  });

  it("reads long host names and delays", () => {
    for (const text of longTexts) {
      expect(isLoopback(text)).toBe(false);
      expect(readRetryAfterInMs({ get: () => text })).toBeUndefined();
    }
  });
});

it("the refresher reads a long response", async () => {
  for (const text of longTexts) {
    const delay = text.slice(0, -2);
    const refused = new Response(text, { status: 400, headers: { "retry-after": delay } });
    await expect(readToken(refused, Date.now(), false)).rejects.toThrow("returned 400");
    await expect(readToken(new Response(text), Date.now(), true)).rejects.toThrow("no valid JSON");
    await expect(readToken({ token: "x", expiresOn: text }, Date.now(), false)).rejects.toThrow();
  }
});

describe("the fake", () => {
  it("reads long tokens", async () => {
    const service = createFakeIdentityService();
    for (const text of longTexts) {
      expect(readJwt(text)).toBeUndefined();
      expect((await service.inspectToken(text)).valid).toBe(false);
    }
  });

  it("cuts secrets from a long text", () => {
    const shortened = ["eyJ.", "eyJ9.", "eyJ-", "accesskey=;"].map((text) =>
      text.repeat(200_000 / text.length),
    );
    for (const text of [...longTexts, ...shortened]) {
      expect(cutText(text)).toBeDefined();
      expect(cutHeader("authorization", text, new Set())).toBeDefined();
    }
  });

  it("reads a long query once", async () => {
    const service = createFakeIdentityService();
    const query = "a=&".repeat(300_000);
    const response = await service.fetch(`${service.endpoint}organizations/oauth2/v2.0/authorize?${query}`);
    expect(response.status).toBe(400);
  });
});

it("the command reads a long error of Entra ID", () => {
  for (const text of longTexts) {
    expect(explainEntraError(`AADSTS50011: ${text} Trace ID: x`, {})?.text).toMatch(/^AADSTS50011/);
  }
});
