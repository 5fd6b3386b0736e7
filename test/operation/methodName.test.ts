import type { FullOperationResponse } from "@azure/core-client";
import { createPipelineRequest, type PipelineRequest } from "@azure/core-rest-pipeline";
import { expect, it } from "vitest";
import { CommunicationIdentityClient, methodNameOf } from "../../src/index.js";
import { createFakeIdentityService } from "../../src/testing/index.js";
import { teams, user } from "../helpers/values.js";

const arguments_: Partial<Record<string, readonly unknown[]>> = {
  createUserAndToken: [["voip"]],
  getToken: [user, ["voip"]],
  revokeTokens: [user],
  deleteUser: [user],
  getUserDetail: [user],
  getTeamsExtensionAssignment: ["t", "o"],
  upsertTeamsExtensionAssignment: ["t", "o", { principalType: "user" }],
  deleteTeamsExtensionAssignment: ["t", "o"],
};

const methods = Object.getOwnPropertyNames(CommunicationIdentityClient.prototype).filter(
  (name) => name !== "constructor",
);

it.each(methods)("methodNameOf names %s to policies, onResponse and the transport", async (method) => {
  const { connectionString, httpClient } = createFakeIdentityService();
  const names: unknown[] = [];
  const note = (request: PipelineRequest) => void names.push(methodNameOf(request));
  const client = new CommunicationIdentityClient(connectionString, {
    apiVersion: "2025-03-02-preview",
    retryOptions: { maxRetries: 0 },
    httpClient: {
      sendRequest(request) {
        note(request);
        return httpClient.sendRequest(request);
      },
    },
    additionalPolicies: [
      {
        position: "perCall",
        policy: {
          name: "CopyingPolicy",
          sendRequest(request, next) {
            note(request);
            return next({ ...request });
          },
        },
      },
    ],
  });
  const onResponse = ({ request }: FullOperationResponse) => note(request);
  const call = (client as unknown as Record<string, (...args: readonly unknown[]) => Promise<unknown>>)[
    method
  ];
  await call?.call(client, ...(arguments_[method] ?? []), { onResponse, ...teams }).catch(() => {});
  expect(names).toEqual([method, method, method]);
});

it("methodNameOf returns undefined for the request of another client", () => {
  expect(methodNameOf(createPipelineRequest({ url: "https://example.com" }))).toBeUndefined();
});

it("the name of the method isn't part of a request's JSON", async () => {
  const { connectionString, httpClient } = createFakeIdentityService();
  let json = "";
  await new CommunicationIdentityClient(connectionString, { httpClient }).createUser({
    onResponse: ({ request }) => {
      json = JSON.stringify(request);
    },
  });
  expect(json).toContain("/identities");
  expect(json).not.toContain("createUser");
});
