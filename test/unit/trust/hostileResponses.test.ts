import { describe, expect, it } from "vitest";
import { AzureKeyCredential, CommunicationIdentityClient } from "../../../src/index.js";
import { stubTransport } from "../../helpers/stubTransport.js";

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
});
