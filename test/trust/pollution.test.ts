import { afterEach, describe, expect, it } from "vitest";
import { AzureKeyCredential, CommunicationIdentityClient } from "../../src/index.js";
import { stubTransport } from "../helpers/stubTransport.js";

const polluted: string[] = [];

function pollute(name: string, value: unknown): void {
  polluted.push(name);
  Object.defineProperty(Object.prototype, name, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

afterEach(() => {
  for (const name of polluted.splice(0)) Reflect.deleteProperty(Object.prototype, name);
});

describe("a polluted Object.prototype", () => {
  it("doesn't allow plain HTTP", () => {
    pollute("allowInsecureConnection", true);
    for (const options of [undefined, {}]) {
      const construct = () =>
        new CommunicationIdentityClient("http://a.example", new AzureKeyCredential("pw=="), options);
      expect(construct).toThrow(/plain http/);
    }
  });

  it("adds no header to a request", async () => {
    const httpClient = stubTransport({ status: 201, body: '{"identity":{"id":"8:acs:x"}}' });
    const client = new CommunicationIdentityClient("https://a.example", new AzureKeyCredential("pw=="), {
      httpClient,
    });
    pollute("x-injected", "1");
    await client.createUser({ requestOptions: { customHeaders: { "x-mine": "1" } } });
    const [request] = httpClient.sent;
    expect(request?.headers["x-mine"]).toBe("1");
    expect(Object.keys(request?.headers ?? {})).not.toContain("x-injected");
  });
});

describe("a response", () => {
  it.each(["__proto__", "constructor", "toString"])("pollutes nothing through %s", async (name) => {
    const hostile = { [name]: { polluted: true }, code: "x", innererror: { [name]: { polluted: true } } };
    const text = JSON.stringify({ error: hostile, [name]: { polluted: true } });
    for (const answer of [
      { status: 400, body: text },
      { status: 201, body: text },
    ]) {
      const httpClient = stubTransport(answer);
      const client = new CommunicationIdentityClient("https://a.example", new AzureKeyCredential("pw=="), {
        httpClient,
      });
      const error: unknown = await client.createUser().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
      expect((error as { details?: { error?: object } }).details?.error ?? {}).not.toHaveProperty("polluted");
    }
  });

  it("adds no unknown members to a result", async () => {
    const body = '{"identity":{"id":"8:acs:x","then":"x","extra":1},"then":"x","extra":1}';
    const client = new CommunicationIdentityClient("https://a.example", new AzureKeyCredential("pw=="), {
      httpClient: stubTransport({ status: 201, body }),
    });
    expect(Object.keys(await client.createUser())).toEqual(["communicationUserId"]);
  });
});
