import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { CommunicationIdentityClient } from "../../../src/index.js";
import { connectionString } from "../../helpers/values.js";
import { methods, queryOf, teamsExtension } from "../operation/methods.js";

describe("the default version of the service", () => {
  it.each(methods)(
    "is 2023-10-01 for %s, which exists since %s, unless that is too old",
    async (_, since, run) => {
      const version = since === teamsExtension ? since : "2023-10-01";
      expect(await queryOf(undefined, run)).toBe(`?api-version=${version}`);
    },
  );
});

describe("a client", () => {
  it("is what the error asks for if a method is called without it", async () => {
    const { createUser } = new CommunicationIdentityClient(connectionString);
    await expect(createUser()).rejects.toThrow("A method was called without its client. Bind it.");
  });

  it("refuses two policies of one name at its constructor", () => {
    const policy: PipelinePolicy = { name: "mine", sendRequest: (request, next) => next(request) };
    const additionalPolicies = [policy, { ...policy }].map((each) => ({
      policy: each,
      position: "perCall" as const,
    }));
    expect(() => new CommunicationIdentityClient(connectionString, { additionalPolicies })).toThrow(
      /^Duplicate policy names/,
    );
  });
});
