import { describe, expect, it } from "vitest";
import { createFakeIdentityService, type FakeIdentityServiceOptions } from "../../src/testing/index.js";

describe("createFakeIdentityService", () => {
  it.each([
    [{ sed: "a" }, "sed is not an option: did you mean seed?"],
    [{ Seed: "a" }, "Seed is not an option: did you mean seed?"],
    [{ port: 80 }, /^port is not an option: there are endpoint, accessKey, /],
    [{ "endpoint=https://x/;accesskey=abc": 1 }, /^One member is not an option: there are /],
    [{ entra: { user: [] } }, "entra must be an object with no other members than applications, users"],
    ["seed", "The options must be an object"],
    [null, "The options must be an object"],
  ])("refuses %j", (options, message) => {
    const create = () => createFakeIdentityService(options as FakeIdentityServiceOptions);
    expect(create).toThrow(TypeError);
    expect(create).toThrow(message);
  });
});
