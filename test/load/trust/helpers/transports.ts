import type { HttpClient } from "@azure/core-rest-pipeline";
import * as nodeBuild from "../../../../src/index.js";
import { createUndiciHttpClient } from "../../../../src/undici/index.js";
import { loadBrowserBuild } from "./browserClient.js";

/** The client over one of its transports. */
export interface Transport {
  readonly build: typeof nodeBuild;
  /** Options for the constructor of the client. */
  readonly options: { readonly httpClient?: HttpClient };
}

export type TransportName = "node:http" | "fetch" | "undici";
export const transportNames: readonly TransportName[] = ["node:http", "fetch", "undici"];

export async function loadTransport(name: TransportName): Promise<Transport> {
  if (name === "fetch") return { build: await loadBrowserBuild(), options: {} };
  return { build: nodeBuild, options: name === "undici" ? { httpClient: createUndiciHttpClient() } : {} };
}
