import { createPipelineRequest, RestError } from "@azure/core-rest-pipeline";
import { HttpsProxyAgent } from "https-proxy-agent";
import { describe, expect, it } from "vitest";
import { explainUnreachable } from "../../../src/pipeline/unreachable.js";
import { rejectionOf } from "../../helpers/secrets.js";
import { loadBrowserBuild } from "../../load/trust/helpers/browserClient.js";

const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

function lost(url: string, message = "Failed to fetch", code = RestError.REQUEST_SEND_ERROR): RestError {
  return new RestError(message, { code, request: createPipelineRequest({ url }) });
}

describe("a host that fetch can't reach", () => {
  it("is named in the message, with what fetch says", () => {
    expect(explainUnreachable(lost("https://contoso.communication.azure.com/identities"))).toEqual({
      message: "contoso.communication.azure.com can't be reached: Failed to fetch.",
      isFinal: false,
    });
  });

  it("on this machine may be the emulator", () => {
    expect(explainUnreachable(lost("http://localhost:8080/identities"))?.message).toBe(
      "localhost:8080 can't be reached: Failed to fetch. Is the emulator running? Start it with: npx --no-install acs-identity emulator --port 8080",
    );
    expect(explainUnreachable(lost("https://[::1]:8080/identities"))?.message).toMatch(
      / --https --port 8080$/,
    );
    expect(explainUnreachable(lost("http://localhost/identities"))?.message).toMatch(/ emulator$/);
  });

  it("isn't blamed for another error", () => {
    expect(explainUnreachable(lost("https://a.example", "Invalid name"))).toBeUndefined();
    expect(explainUnreachable(new TypeError("Failed to fetch"))).toBeUndefined();
    expect(explainUnreachable(undefined)).toBeUndefined();
  });

  it("is named in the error of a browser's call", async () => {
    const build = await loadBrowserBuild();
    const client = new build.CommunicationIdentityClient(
      "http://127.0.0.1:1",
      new build.AzureKeyCredential(key),
      {
        retryOptions: { maxRetries: 1, retryDelayInMs: 1 },
      },
    );
    const error = await rejectionOf(() => client.createUser());
    expect(error).toMatchObject({ name: "RestError", attempts: 2 });
    expect(error.message).toMatch(/^127\.0\.0\.1:1 can't be reached: .*Is the emulator running\?/);
  });
});

describe("a host that Node can't reach", () => {
  it.each([
    ["refuses", lost("http://127.0.0.1:8080/identities", "connect ECONNREFUSED", "ECONNREFUSED")],
    [
      "refuses fetch",
      Object.assign(lost("http://127.0.0.1:8080/identities"), { cause: { code: "ECONNREFUSED" } }),
    ],
  ])("on this machine may be the emulator: %s", (_, error) => {
    expect(explainUnreachable(error)).toEqual({
      message:
        "Nothing listens on 127.0.0.1:8080. Is the emulator running? Start it with: npx --no-install acs-identity emulator --port 8080",
      isFinal: true,
    });
  });

  it("may be misspelt if nobody knows its name", () => {
    const message = "getaddrinfo ENOTFOUND contosoo.example";
    expect(explainUnreachable(lost("https://contosoo.example/identities", message, "ENOTFOUND"))).toEqual({
      message: `No host is called contosoo.example. Is the endpoint misspelt? (${message})`,
      isFinal: false,
    });
  });

  it("on this machine may speak http, which waiting doesn't change", () => {
    const cause = { code: "ERR_SSL_WRONG_VERSION_NUMBER" };
    const error = Object.assign(lost("https://localhost:8080/identities"), { cause });
    expect(explainUnreachable(error)).toEqual({
      message: "The server on localhost:8080 speaks http, not https: write http:// in the endpoint",
      isFinal: true,
    });
  });

  it.each(["https://contoso.communication.azure.com", "https://app.localhost"])(
    "elsewhere isn't explained: %s",
    (url) => {
      expect(explainUnreachable(lost(url, "connect ECONNREFUSED", "ECONNREFUSED"))).toBeUndefined();
      expect(explainUnreachable(lost(url, "wrong version number", "EPROTO"))).toBeUndefined();
    },
  );

  it.each(["http://127.0.0.1:8080", "https://localhost", "https://contoso.communication.azure.com"])(
    "because its proxy refuses is told from the host, and may be retried: %s",
    (url) => {
      const behindProxy = (message: string) => {
        const error = lost(url, message, "ECONNREFUSED");
        Object.assign(error.request ?? {}, {
          agent: new HttpsProxyAgent("http://me:secret@proxy.example:3128"),
        });
        return error;
      };
      expect(explainUnreachable(behindProxy("connect ECONNREFUSED"))).toEqual({
        message:
          "Nothing listens on proxy.example:3128, the address of the proxy. Check proxyOptions, or HTTPS_PROXY and NO_PROXY.",
        isFinal: false,
      });
      expect(
        explainUnreachable(behindProxy("The proxy refused the connection with status 502.")),
      ).toBeUndefined();
      const other = behindProxy("wrong version number");
      other.code = "EPROTO";
      expect(explainUnreachable(other)).toBeUndefined();
    },
  );

  it("on this machine may speak https if it closes a connection over http, which may also be a restart", () => {
    const error = lost("http://127.0.0.1:8080", "socket hang up", "ECONNRESET");
    expect(explainUnreachable(error)).toEqual({
      message:
        "The server on 127.0.0.1:8080 closed the connection (socket hang up). Did it stop, or was a fault injected? If it speaks https, write https:// in the endpoint",
      isFinal: false,
    });
    const cutBody: unknown = Object.create(error, { response: { value: {} } });
    for (const other of [cutBody, lost("https://127.0.0.1:8080", "socket hang up", "ECONNRESET")])
      expect(explainUnreachable(other)).toBeUndefined();
  });

  it.each([
    "CERT_SIGNATURE_FAILURE",
    "CERT_UNTRUSTED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_GET_ISSUER_CERT",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  ])("because its certificate isn't trusted gets what to do: %s", (code) => {
    const untrusted = lost("https://contoso.communication.azure.com", "bad certificate", code);
    const wrapped = Object.assign(lost("https://contoso.communication.azure.com"), { cause: { code } });
    for (const error of [untrusted, wrapped]) {
      const { message, isFinal } = explainUnreachable(error) ?? expect.fail("no explanation");
      expect(message).toContain(`certificate of contoso.communication.azure.com isn't trusted (${code})`);
      expect(message).toContain("set NODE_EXTRA_CA_CERTS");
      expect(message).toContain("if a company's proxy intercepts TLS, the company's root certificate");
      expect(isFinal).toBe(true);
    }
  });

  it.each(["ERR_TLS_CERT_ALTNAME_INVALID", "CERT_HAS_EXPIRED"])("gets no advice for %s", (code) => {
    expect(explainUnreachable(lost("https://a.example", "the cause", code))).toBeUndefined();
  });
});
