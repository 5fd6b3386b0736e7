import { describe, expect, it } from "vitest";
import { AzureKeyCredential, CommunicationIdentityClient, parseConnectionString } from "../../src/index.js";
import { expectNoSecret, thrownBy } from "../helpers/secrets.js";
import { connectionString, testEndpoint, testKey } from "../helpers/values.js";

/** 63 bytes encode without padding, so a lenient parser might read what follows as part of the key. */
const unpaddedKey = "QUJD".repeat(21);

// connectionString.fuzz.test.ts mixes capitals, white space, quotes and other names.
const accepted: readonly (readonly [string, string, string?])[] = [
  ["as the portal shows it", `endpoint=${testEndpoint}/;accesskey=${testKey}`],
  ["with a trailing Windows newline", `endpoint=${testEndpoint}/;accesskey=${testKey}\r\n`],
  ["in quotes with spaces around", ` "endpoint=${testEndpoint}/;accesskey=${testKey};" `],
  ["with the same unknown name twice", `foo=1;endpoint=${testEndpoint}/;foo=2;accesskey=${testKey}`],
  ["with a part without a name", `endpoint=${testEndpoint}/;=nonsense;accesskey=${testKey}`],
  ["with an unpadded key", `endpoint=${testEndpoint}/;accesskey=${unpaddedKey};foo=bar`, unpaddedKey],
];

describe("parseConnectionString", () => {
  const cases = accepted.map(([name, text, key = testKey]) => ({ name, text, key }));
  it.each(cases)("accepts a connection string $name", ({ text, key }) => {
    const { endpoint, credential } = parseConnectionString(text);
    expect(endpoint).toBe(`${testEndpoint}/`);
    expect(credential).toBeInstanceOf(AzureKeyCredential);
    expect(credential.key).toBe(key);
    expect(new CommunicationIdentityClient(text)).toBeInstanceOf(CommunicationIdentityClient);
  });

  it("keeps every character of the endpoint", () => {
    const { endpoint } = parseConnectionString(`endpoint=HTTPS://Host.Example:443;accesskey=${testKey}`);
    expect(endpoint).toBe("HTTPS://Host.Example:443");
  });

  it("accepts up to 8192 characters", () => {
    const long = connectionString.padEnd(8192, ";");
    expect(parseConnectionString(long).credential.key).toBe(testKey);
    const error = thrownBy(() => parseConnectionString(`${long};`));
    expect(error.message).toContain("it is longer than 8192 characters");
  });
});

const secret = "c2VjcmV0LWFjY2Vzcy1rZXk=";
const host = "secret-resource.example";
const format = "It has the form endpoint=https://<resource>.communication.azure.com/;accesskey=<key>.";

const refused: readonly (readonly [string, string, string])[] = [
  ["of white space", " \n ", "'endpoint' is missing"],
  ["of two quotes", '""', "'endpoint' is missing"],
  ["that is a placeholder", "<your connection string>", "it is still a placeholder"],
  ["of one quote", '"', "'endpoint' is missing"],
  ["that is some other text", "some text", "'endpoint' is missing"],
  ["that is only a key", secret, "'endpoint' is missing"],
  ["without an endpoint", `accesskey=${secret}`, "'endpoint' is missing"],
  ["without a key", `endpoint=https://${host}/;`, "'accesskey' is missing. It has"],
  [
    "that a shell ended at its ;",
    `endpoint=https://${host}/`,
    "'accesskey' is missing. A shell ends an unquoted value at `;`: put the whole string in single quotes. It has",
  ],
  ["with an empty endpoint", `endpoint=;accesskey=${secret}`, "'endpoint' is empty"],
  ["with a blank endpoint", `endpoint= ;accesskey=${secret}`, "'endpoint' is empty"],
  ["with an empty key", `endpoint=https://${host}/;accesskey=`, "'accesskey' is empty"],
  ["with a misspelled name", `endpoints=https://${host}/;accesskey=${secret}`, "'endpoint' is missing"],
  [
    "with a name that ends in endpoint",
    `xxxendpoint=https://${host}/;accesskey=${secret}`,
    "'endpoint' is missing",
  ],
  ["with two keys", `endpoint=https://${host}/;accesskey=${secret};accesskey=${secret}`, "'accesskey' twice"],
  [
    "with two keys in different case",
    `endpoint=https://${host}/;accesskey=${secret};AccessKey=${secret}`,
    "'accesskey' twice",
  ],
  [
    "with an empty key and a second one",
    `endpoint=https://${host}/;accesskey=;accesskey=${secret}`,
    "'accesskey' twice",
  ],
  [
    "with two endpoints",
    `endpoint=https://${host}/;endpoint=https://${host}/;accesskey=${secret}`,
    "'endpoint' twice",
  ],
  [
    "with a placeholder for the key",
    `endpoint=https://${host}/;accesskey=<your-key>`,
    "'accesskey' is still a placeholder",
  ],
  [
    "with a placeholder in the endpoint",
    `endpoint=https://<resource>.example/;accesskey=${secret}`,
    "'endpoint' is still a placeholder",
  ],
  ["with a key that is not base64", `endpoint=https://${host}/;accesskey=!!${secret}`, "not base64"],
  ["with a key in quotes", `endpoint=https://${host}/;accesskey="${secret}"`, "not base64"],
  ["with a truncated key", `endpoint=https://${host}/;accesskey=${secret.slice(0, 21)}`, "not base64"],
  ["with a quote at its end only", `endpoint=https://${host}/;accesskey=${secret}"`, "not base64"],
  ["in two kinds of quotes", `"endpoint=https://${host}/;accesskey=${secret}'`, "'endpoint' is missing"],
];

describe.each([
  ["parseConnectionString", parseConnectionString],
  ["the constructor", (text: string) => new CommunicationIdentityClient(text)],
])("%s rejects a connection string", (_, read) => {
  it.each(refused)("%s", (_, text, reason) => {
    const error = thrownBy(() => read(text));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain(reason);
    const isKey = reason.includes("base64");
    const isCut = reason.includes("A shell ends");
    if (!isKey) expect(error.message).toContain(format);
    expect(error).toMatchObject({
      code: isKey ? "INVALID_ACCESS_KEY" : isCut ? "UNQUOTED_CONNECTION_STRING" : "INVALID_ARGUMENT",
    });
    expect(error.message.length).toBeLessThan(250);
    expectNoSecret(error, secret, secret.slice(0, 21), host);
    if (text.length > 1 && text.trim()) expectNoSecret(error, text);
  });

  it.each([
    [undefined, "undefined"],
    [null, "null"],
    ["", "empty"],
    [5, "number"],
    [{ connectionString: `endpoint=https://${host}/;accesskey=${secret}` }, "object"],
    [new String(connectionString), "object"],
  ])("that is %j", (value, given) => {
    const error = thrownBy(() => read(value as unknown as string));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe(
      `The connection string must be a non-empty string; it is ${given}. If it comes from an environment variable, is that set?`,
    );
    expectNoSecret(error, secret, host);
  });
});
