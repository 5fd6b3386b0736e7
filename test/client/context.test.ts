import { describe, expect, it } from "vitest";
import { CommunicationIdentityClient } from "../../src/index.js";
import { expectNoSecret } from "../helpers/secrets.js";
import { connectionString, testEndpoint, testKey } from "../helpers/values.js";

const tokenCredential = { getToken: async () => null };

describe("a client", () => {
  it("never prints its key", () => {
    const client = new CommunicationIdentityClient(connectionString);
    expectNoSecret(client, testKey);
    expect(JSON.stringify(client)).toBe("{}");
    expectNoSecret(structuredClone(client), testKey);
  });

  it("accepts undefined and empty options", () => {
    expect(new CommunicationIdentityClient(connectionString, undefined)).toBeDefined();
    expect(new CommunicationIdentityClient(connectionString, {})).toBeDefined();
    expect(new CommunicationIdentityClient(testEndpoint, tokenCredential, undefined)).toBeDefined();
  });
});
