// A policy may pass on a copy of the request, such as `{ ...request }`, instead of the object that it was given.
import { createPipelineRequest, type PipelinePolicy, type PipelineRequest } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { CommunicationIdentityClient } from "../../../src/index.js";
import { rejectionOf } from "../../helpers/secrets.js";
import { type StubAnswer, stubTransport } from "../../helpers/stubTransport.js";
import { connectionString, testKey, user, userBody } from "../../helpers/values.js";
import { isWellSigned } from "../../helpers/wireSignature.js";

const copies: readonly (readonly [string, (request: PipelineRequest) => PipelineRequest])[] = [
  ["a spread copy", (request) => ({ ...request })],
  ["an Object.assign copy", (request) => Object.assign({}, request)],
  ["a new core request", (request) => createPipelineRequest({ ...request })],
];

function setUp(
  position: "perCall" | "perRetry",
  copy: (request: PipelineRequest) => PipelineRequest,
  ...answers: StubAnswer[]
) {
  const httpClient = stubTransport(...answers);
  const policy: PipelinePolicy = { name: "copy", sendRequest: (request, next) => next(copy(request)) };
  const client = new CommunicationIdentityClient(connectionString, {
    httpClient,
    retryOptions: { retryDelayInMs: 1 },
    additionalPolicies: [{ position, policy }],
  });
  return { client, httpClient };
}

describe.each(["perCall", "perRetry"] as const)("a %s policy that passes on", (position) => {
  it.each(copies)("%s is sent and, after a 503, signed and sent again", async (_, copy) => {
    const answers = [{ status: 503 }, { status: 201, body: userBody }];
    const { client, httpClient } = setUp(position, copy, ...answers);
    await expect(client.createUser()).resolves.toHaveProperty("communicationUserId");
    expect(httpClient.sent).toHaveLength(2);
    expect(httpClient.sent[1]?.headers.authorization).toMatch(/^HMAC-SHA256 /);
  });

  it.each(copies)("%s lets an abort reach the transport", async (_, copy) => {
    const controller = new AbortController();
    let reached = false;
    const { client } = setUp(position, copy, ({ abortSignal }: PipelineRequest) => {
      abortSignal?.addEventListener("abort", () => {
        reached = true;
      });
      setTimeout(() => controller.abort(), 1);
      return new Promise(() => undefined);
    });
    const error = await rejectionOf(() => client.createUser({ abortSignal: controller.signal }));
    expect(error.name).toBe("AbortError");
    expect(reached).toBe(true);
  });

  it.each(copies)("%s leaves no body in the error", async (_, copy) => {
    // The second one lacks the token.
    const { client } = setUp(position, copy, { status: 400 }, { status: 200, body: {} });
    for (const statusCode of [400, 200]) {
      const error = await rejectionOf(() => client.getToken(user, ["voip"]));
      expect(error).toMatchObject({ statusCode, request: { body: undefined } });
    }
  });

  it.each(copies)("%s keeps a call to one corrected clock", async (_, copy) => {
    const denied = { status: 401, headers: { date: new Date(Date.now() + 3_600_000).toUTCString() } };
    const { client, httpClient } = setUp(position, copy, denied, { status: 503 }, denied);
    await rejectionOf(() => client.createUser());
    expect(httpClient.sent).toHaveLength(3);
  });

  it("a copy with another URL has that URL sent, and signed if the policy runs per call", async () => {
    const copy = (request: PipelineRequest) => ({ ...request, url: `${request.url}&x=1` });
    const { client, httpClient } = setUp(position, copy, { status: 201, body: userBody });
    await client.createUser();
    const sent = httpClient.sent[0] ?? expect.fail("nothing was sent");
    expect(sent.url).toContain("&x=1");
    expect(isWellSigned(sent, testKey), "a perRetry policy comes after the signature").toBe(
      position === "perCall",
    );
  });
});
