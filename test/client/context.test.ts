import { afterEach, describe, expect, it } from "vitest";
import { CommunicationIdentityClient } from "../../src/index.js";
import { expectNoSecret, thrownBy } from "../helpers/secrets.js";
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

describe("a polluted Object.prototype", () => {
  afterEach(() => {
    Reflect.deleteProperty(Object.prototype, "allowInsecureConnection");
    Reflect.deleteProperty(Object.prototype, "key");
  });

  it("doesn't allow plain HTTP", () => {
    Object.assign(Object.prototype, { allowInsecureConnection: true });
    const make = () => new CommunicationIdentityClient("http://host.example", { key: testKey }, {});
    expect(thrownBy(make).message).toContain("plain http");
    expect(
      thrownBy(() => new CommunicationIdentityClient("http://host.example", { key: testKey })).message,
    ).toContain("plain http");
  });
});
