import { createDefaultHttpClient, type HttpClient } from "@azure/core-rest-pipeline";

let httpClient: HttpClient | undefined;

/** Returns the default transport. All clients share its connections, so a client per request is cheap. */
export function sharedHttpClient(): HttpClient {
  httpClient ??= createDefaultHttpClient();
  return httpClient;
}
