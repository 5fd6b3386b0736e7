import { createDefaultHttpClient, type HttpClient } from "@azure/core-rest-pipeline";

/** Creates core's fetch client or, on Workers with core 1.25 and later, its node:http client. */
export function createHttpClient(): HttpClient {
  return createDefaultHttpClient();
}
