import { createDefaultHttpClient, type HttpClient } from "@azure/core-rest-pipeline";

/** Creates core's client on fetch; on Workers, core 1.25 and later give the one on node:http. */
export function createHttpClient(): HttpClient {
  return createDefaultHttpClient();
}
