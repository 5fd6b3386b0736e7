import { Agent } from "node:http";
import { createPipelineRequest } from "@azure/core-rest-pipeline";
import { expect, it, onTestFinished } from "vitest";
import { createHttpClient } from "#platform/httpClient";
import { startServer } from "../helpers/server.js";

it("the agent of a request is wrapped once, however often the request is sent", async () => {
  const { origin } = await startServer(() => ({ status: 204 }));
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  const request = createPipelineRequest({ url: origin, allowInsecureConnection: true });
  request.agent = agent;
  const client = createHttpClient();
  await client.sendRequest(request);
  const { agent: wrapped } = request;
  await client.sendRequest(request);
  expect(wrapped).not.toBe(agent);
  expect(request.agent).toBe(wrapped);
});
