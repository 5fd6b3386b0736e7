import { AzureKeyCredential as CoreKeyCredential } from "@azure/core-auth";
import { describe, expect, it } from "vitest";
import {
  AzureKeyCredential,
  CommunicationIdentityClient,
  type CommunicationIdentityClientOptions,
} from "../../../src/index.js";
import { expectNoSecret, thrownBy } from "../../helpers/secrets.js";
import { type SentRequest, stubTransport } from "../../helpers/stubTransport.js";
import { connectionString, testEndpoint, testKey, userBody } from "../../helpers/values.js";
import { isWellSigned } from "../../helpers/wireSignature.js";

const tokenCredential = {
  getToken: async () => ({ token: "e", expiresOnTimestamp: Date.now() + 3_600_000 }),
};
const secretHost = "secret-host.example";

/** Returns the request that a client for this endpoint sends. */
async function sentTo(
  endpoint: string,
  options: CommunicationIdentityClientOptions = {},
): Promise<SentRequest> {
  const transport = stubTransport({ status: 201, body: userBody });
  const client = new CommunicationIdentityClient(endpoint, new AzureKeyCredential(testKey), {
    ...options,
    httpClient: transport,
  });
  await client.createUser();
  return transport.sent[0] ?? expect.fail("nothing was sent");
}

describe("the endpoint", () => {
  it.each([
    [testEndpoint, testEndpoint],
    [`${testEndpoint}/`, testEndpoint],
    [` ${testEndpoint}/\n`, testEndpoint],
    ["https://host.example:443/", "https://host.example"],
    ["https://host.example:8443", "https://host.example:8443"],
    ["HTTPS://HOST.Example", "https://host.example"],
    ["https://bücher.example", "https://xn--bcher-kva.example"],
    ["https://\u0430zure.example", "https://xn--zure-43d.example"],
    ["https://host.example.", "https://host.example."],
    ["https://acs_emulator-1:7311", "https://acs_emulator-1:7311"],
    ["https://[::1]:8443/", "https://[::1]:8443"],
    ["https://127.0.0.1", "https://127.0.0.1"],
  ])("%j is normalized to %s", async (endpoint, origin) => {
    const sent = await sentTo(endpoint);
    expect(sent.url).toBe(`${origin}/identities?api-version=2023-10-01`);
    expect(isWellSigned(sent, testKey)).toBe(true);
  });

  it.each(["127.0.0.1", "127.255.1.2", "[::1]", "localhost", "LOCALHOST", "my-app.localhost"])(
    "may use plain HTTP on the loopback host %s",
    async (host) => {
      const url = `http://${host}:8080`;
      expect((await sentTo(url)).url).toBe(`${url.toLowerCase()}/identities?api-version=2023-10-01`);
      expect(new CommunicationIdentityClient(url, tokenCredential)).toBeDefined();
      expect(new CommunicationIdentityClient(`endpoint=${url};accesskey=${testKey}`)).toBeDefined();
    },
  );

  it.each(["host.example", "128.0.0.1", "[::ffff:127.0.0.1]", "localhost.", "0.0.0.0"])(
    "can't use plain HTTP on %s",
    (host) => {
      for (const make of [
        () => new CommunicationIdentityClient(`http://${host}`, new AzureKeyCredential(testKey)),
        () => new CommunicationIdentityClient(`http://${host}`, tokenCredential),
        () => new CommunicationIdentityClient(`endpoint=http://${host};accesskey=${testKey}`),
        () =>
          new CommunicationIdentityClient(`http://${host}`, tokenCredential, {
            allowInsecureConnection: false,
          }),
      ]) {
        const error = thrownBy(make);
        expect(error).toBeInstanceOf(TypeError);
        expect(error.message).toMatch(/plain http .*loopback/);
        expect(error).toMatchObject({ code: "INSECURE_ENDPOINT" });
        expectNoSecret(error, testKey, `http://${host}`);
      }
    },
  );

  it("can't send an Entra token over plain HTTP through a proxy", () => {
    const proxyOptions = { host: "http://proxy.example", port: 8080 };
    const make = () => new CommunicationIdentityClient("http://127.0.0.1", tokenCredential, { proxyOptions });
    expect(make).toThrow(/Entra ID token can be sent over plain http .* not through a proxy/);
    new CommunicationIdentityClient("http://127.0.0.1", new AzureKeyCredential(testKey), { proxyOptions });
  });

  it("may use plain HTTP on any host with allowInsecureConnection", async () => {
    const options = { allowInsecureConnection: true };
    const { url, request } = await sentTo("http://host.example:8080", options);
    expect(url).toContain("http://host.example:8080/");
    expect(request.allowInsecureConnection).toBe(true);
    expect((await sentTo(testEndpoint)).request.allowInsecureConnection, "so it can't be downgraded").toBe(
      false,
    );
    // Whoever sends signatures in clear text has written that down.
    for (const value of ["yes", 1]) {
      const key = new AzureKeyCredential(testKey);
      const make = () =>
        new CommunicationIdentityClient("http://host.example", key, {
          allowInsecureConnection: value as never,
        });
      expect(thrownBy(make)).toBeInstanceOf(TypeError);
    }
  });

  it.each([
    `https://user:secret-password@${secretHost}`,
    `https://secret-user@${secretHost}`,
    `https://:secret-password@${secretHost}`,
    `https://my-resource.communication.azure.com@${secretHost}/x`,
    `https://${secretHost}/path`,
    `https://${secretHost}//`,
    `https://${secretHost}/?a=b`,
    `https://${secretHost}?a=b`,
    `https://${secretHost}/#x`,
    `https://${secretHost}#x`,
    `ftp://${secretHost}`,
    secretHost,
    "https://",
    "https://[fe80::1%25eth0]",
    " ",
    `https://${secretHost}:99999`,
    `https://${secretHost};accesskey=${testKey}`,
    `https://${testKey}`,
  ])("%j is rejected", (endpoint) => {
    for (const make of [
      () => new CommunicationIdentityClient(endpoint, new AzureKeyCredential(testKey)),
      () => new CommunicationIdentityClient(endpoint, tokenCredential),
    ]) {
      const error = thrownBy(make);
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toContain("only a scheme, host and port");
      expect(error).toMatchObject({ code: "INVALID_ARGUMENT" });
      expect(error.message).toMatch(/https:\/\/\S+\.communication\.azure\.com\.$/);
      expectNoSecret(error, testKey, secretHost, "secret-user", "secret-password");
    }
  });

  it.each([undefined, null, "", 5, new URL("https://host.example")])(
    "must be a non-empty string, not %s",
    (endpoint) => {
      const error = thrownBy(
        () => new CommunicationIdentityClient(endpoint as unknown as string, tokenCredential),
      );
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toMatch(
        /^The endpoint must be a non-empty string; it is [a-z]+\. If it comes from/,
      );
    },
  );

  it("isn't read from the options", async () => {
    const evil = "https://evil.example";
    const options = { endpoint: evil, baseUrl: evil, baseUri: evil, url: evil, host: evil, $host: evil };
    expect((await sentTo(testEndpoint, options as object)).url).toContain(`${testEndpoint}/`);
  });
});

describe("an option that can't be used", () => {
  const proxy = { host: "http://proxy.example", port: 8080, username: "u", password: `${secretHost}\udc00` };
  const retryNames = ["maxRetries", "retryDelayInMs", "maxRetryDelayInMs"];
  const notNumbers = [Number.NaN, -1, Number.NEGATIVE_INFINITY, "3", true, {}];
  it.each<[object, string]>([
    ...retryNames.flatMap((name) =>
      notNumbers.map((value): [object, string] => [
        { retryOptions: { [name]: value } },
        `retryOptions.${name} must be a number, 0 or more.`,
      ]),
    ),
    [{ apiVersion: "2023\ud800" }, "apiVersion must be well-formed text."],
    [{ apiVersion: 2023 }, "apiVersion must be well-formed text."],
    [{ audience: 5 }, "audience must be a string."],
    [{ clockCorrection: "no" }, "clockCorrection must be a boolean."],
    [{ allowInsecureConnection: 1 }, "allowInsecureConnection must be a boolean."],
    [{ httpClient: {} }, "httpClient must be an HttpClient."],
    ...["agent", "tlsOptions", "proxyOptions", "retryOptions", "loggingOptions", "userAgentOptions"].map(
      (name): [object, string] => [{ [name]: secretHost }, `${name} must be an object.`],
    ),
    ...[{}, [{}], [{ policy: {} }], Array(1)].map((additionalPolicies): [object, string] => [
      { additionalPolicies },
      "additionalPolicies must be an array of { policy, position }.",
    ]),
    [{ userAgentOptions: { userAgentPrefix: 5 } }, "userAgentOptions.userAgentPrefix must be a string."],
    [{ telemetryOptions: { clientRequestIdHeaderName: 5 } }, "clientRequestIdHeaderName must be a string."],
    [{ loggingOptions: { logger: {} } }, "loggingOptions.logger must be a function."],
    [{ loggingOptions: { logUserIds: "no" } }, "loggingOptions.logUserIds must be a boolean."],
    ...["additionalAllowedHeaderNames", "additionalAllowedQueryParameters"].flatMap((name) =>
      ["x", [5]].map((value): [object, string] => [
        { loggingOptions: { [name]: value } },
        `loggingOptions.${name} must be an array of strings.`,
      ]),
    ),
    [[], "The options must be an object"],
    [{ proxyOptions: proxy }, "proxyOptions can't be used: its credentials aren't well-formed Unicode"],
    [{ tlsOptions: { key: secretHost } }, "tlsOptions can't be read (ERR_OSSL_"],
    [{ tlsOptions: { cert: secretHost } }, "tlsOptions can't be read (ERR_OSSL_"],
    [{ tlsOptions: { pfx: secretHost, passphrase: secretHost } }, "tlsOptions can't be read (no code)"],
  ])("is refused by the constructor: %j", (options, message) => {
    const error = thrownBy(() => new CommunicationIdentityClient(connectionString, options));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toHaveProperty("code");
    expect(error.message).toContain(message);
    expectNoSecret(error, secretHost);
  });

  it("is none of these in retryOptions: 0, 2.5, Infinity, null, undefined", async () => {
    for (const name of retryNames) {
      for (const value of [0, 2.5, Number.POSITIVE_INFINITY, null, undefined])
        await sentTo(testEndpoint, { retryOptions: { [name]: value } } as object);
    }
  });
});

describe("a credential", () => {
  const spellings = [
    testEndpoint,
    ` ${testEndpoint}`,
    testEndpoint.replace("https", "HTTPS"),
    "http://[::1]",
  ];

  it.each([
    ["omitted", undefined],
    ["replaced by options", { retryOptions: { maxRetries: 0 } }],
  ])("can't be %s when an endpoint is given", (_, credential) => {
    for (const endpoint of spellings) {
      const error = thrownBy(() => new CommunicationIdentityClient(endpoint, credential as object));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toBe("An endpoint needs a KeyCredential or a TokenCredential.");
    }
  });

  it.each([testEndpoint, "my-resource", connectionString])("can't be a plain string after %s", (first) => {
    const second = testKey as CommunicationIdentityClientOptions;
    const error = thrownBy(() => new CommunicationIdentityClient(first, second));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe(
      "The access key is a string. Pass new AzureKeyCredential(key), which acs-identity exports.",
    );
    expectNoSecret(error, testKey);
  });

  it.each(spellings)("swapped with the endpoint is reported as swapped: %j", (second) => {
    for (const first of [testKey, new AzureKeyCredential(testKey)] as string[]) {
      const error = thrownBy(() => new CommunicationIdentityClient(first, second as never));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toBe("The key and the endpoint are swapped: the endpoint comes first.");
      expectNoSecret(error, testKey);
    }
  });

  it("isn't confused with options that have no prototype", async () => {
    const httpClient = stubTransport({ status: 201, body: userBody });
    const options = Object.assign(Object.create(null), { apiVersion: "2022-10-01", httpClient });
    await new CommunicationIdentityClient(connectionString, options).createUser();
    expect(httpClient.sent[0]?.url).toMatch(/\?api-version=2022-10-01$/);
  });

  it("with whitespace inside its key, not around it, is rejected", () => {
    const key = "hello world";
    expect(() => new CommunicationIdentityClient(testEndpoint, { key })).toThrow(/is not base64/);
    new CommunicationIdentityClient(testEndpoint, new AzureKeyCredential(` ${testKey}\n`));
  });

  it.each([
    ["a key", new AzureKeyCredential(testKey)],
    ["an Entra credential", tokenCredential],
  ])("is rejected next to a connection string: %s", (_, credential) => {
    for (const text of [connectionString, `accesskey=${testKey};endpoint=${testEndpoint}`]) {
      const error = thrownBy(
        () => new CommunicationIdentityClient(text, credential as unknown as CoreKeyCredential),
      );
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toContain("The endpoint can't be used");
      expectNoSecret(error, testKey, "my-resource.communication.azure.com/;");
      expect("input" in error).toBe(false);
    }
  });

  it("for Entra ID with an empty audience is rejected", () => {
    const create = () => new CommunicationIdentityClient(testEndpoint, tokenCredential, { audience: "" });
    expect(create).toThrow("The audience must be a non-empty string; it is ");
  });

  it("may be any object with a key: an instance of core's class or a plain object", async () => {
    for (const credential of [new CoreKeyCredential(testKey), { key: testKey }]) {
      const transport = stubTransport({ status: 201, body: userBody });
      await new CommunicationIdentityClient(testEndpoint, credential, { httpClient: transport }).createUser();
      expect(transport.sent[0]?.headers.authorization).toMatch(/^HMAC-SHA256 /);
    }
  });

  it.each([
    [undefined, "https://communication.azure.com//.default"],
    ["https://communication.azure.us", "https://communication.azure.us//.default"],
    ["https://communication.azure.us/", "https://communication.azure.us//.default"],
  ])("for Entra ID with the audience %s is asked for the scope %s", async (audience, scope) => {
    const scopes: unknown[] = [];
    const credential = {
      getToken: async (scope: string | string[]) => {
        scopes.push(...[scope].flat());
        return tokenCredential.getToken();
      },
    };
    const transport = stubTransport({ status: 201, body: userBody });
    const options = { httpClient: transport, ...(audience !== undefined && { audience }) };
    await new CommunicationIdentityClient(testEndpoint, credential, options).createUser();
    expect(scopes).toEqual([scope]);
    const { authorization, ...others } = transport.sent[0]?.headers ?? {};
    expect(authorization).toBe("Bearer e");
    expect(Object.keys(others)).not.toContain("x-ms-date");
    expect(Object.keys(others)).not.toContain("x-ms-content-sha256");
  });
});
