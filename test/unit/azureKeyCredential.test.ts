import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  AzureKeyCredential,
  CommunicationIdentityClient,
  createCommunicationAccessKeyCredentialPolicy,
  parseConnectionString,
} from "../../src/index.js";
import { expectNoSecret, thrownBy } from "../helpers/secrets.js";
import { otherKey, testEndpoint, testKey } from "../helpers/values.js";

describe("AzureKeyCredential", () => {
  it("returns its key, and the new one after an update", () => {
    const credential = new AzureKeyCredential(testKey);
    expect(credential.key).toBe(testKey);
    credential.update(otherKey);
    expect(credential.key).toBe(otherKey);
  });

  it("is read and updated through a proxy, as in Vue's reactive, and as a prototype", () => {
    const credential = new AzureKeyCredential(testKey);
    // As Vue does, it wraps each object that it returns.
    const wrapped = <T extends object>(target: T): T =>
      new Proxy(target, {
        get(from, name, receiver) {
          const value = Reflect.get(from, name, receiver);
          return typeof value === "object" && value !== null ? wrapped(value) : value;
        },
      });
    for (const derived of [wrapped(credential), Object.create(credential) as AzureKeyCredential]) {
      credential.update(testKey);
      expect(new CommunicationIdentityClient(testEndpoint, derived)).toBeDefined();
      derived.update(otherKey);
      expect([derived.key, credential.key]).toEqual([otherKey, otherKey]);
    }
  });

  it("doesn't reveal its key when it's printed or serialized", () => {
    const credential = new AzureKeyCredential(testKey);
    expectNoSecret(credential, testKey);
    expectNoSecret({ nested: [credential] }, testKey);
    expect(inspect(credential, { getters: false })).toContain("AzureKeyCredential");
    expect(JSON.stringify(credential)).toBe("{}");
    expect(Object.keys(credential)).toEqual([]);
    expect(Reflect.ownKeys(credential)).toEqual([expect.any(Symbol)]);
    expect({ ...credential }).toEqual({});
  });

  it("doesn't reveal its key when it's inspected with hidden members and the values of getters", () => {
    const options = { showHidden: true, getters: true, depth: null } as const;
    const credential = new AzureKeyCredential(testKey);
    expect(inspect(credential, options)).toBe("AzureKeyCredential {}");
    const policy = createCommunicationAccessKeyCredentialPolicy(credential);
    const client = new CommunicationIdentityClient(testEndpoint, credential);
    const parsed = parseConnectionString(`endpoint=${testEndpoint};accesskey=${testKey}`);
    for (const owner of [policy, client, parsed, { nested: [credential] }]) {
      expect(inspect(owner, options)).not.toContain(testKey);
    }
  });

  it("doesn't copy its key into a structured clone", () => {
    const clone = structuredClone(new AzureKeyCredential(testKey));
    expect(clone.key).toBeUndefined();
    expectNoSecret(clone, testKey);
  });

  it.each([
    ["", /^The access key must be a non-empty string; it is empty\. If it comes from an environment/],
    [undefined, /^The access key must be a non-empty string; it is undefined\. If it comes/],
    [null, /^The access key must be a non-empty string; it is null\. If it comes/],
    [5, /^The access key must be a non-empty string; it is number\. If it comes/],
    ["my key", /^The access key is not base64/],
  ])("rejects %j in the constructor and in update, and keeps the old key", (value, message) => {
    const key = value as unknown as string;
    expect(() => new AzureKeyCredential(key)).toThrow(message);
    const credential = new AzureKeyCredential(testKey);
    const error = thrownBy(() => credential.update(key));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(message);
    expect(credential.key).toBe(testKey);
  });

  it("has a read-only key", () => {
    const credential = new AzureKeyCredential(testKey);
    expect(() => Object.assign(credential, { key: otherKey })).toThrow(TypeError);
    expect(credential.key).toBe(testKey);
  });
});
