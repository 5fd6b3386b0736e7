import { routes } from "../../generated/routes.js";
import type { Header, RequestHead, WireResponse } from "./wire.js";

const corsMethods = [...new Set(routes.map(({ method }) => method))].join(", ");

/**
 * Returns the response to a CORS preflight, or undefined for any other request. Every origin is allowed, because the
 * signature or the secret of a request decides what it may do.
 */
export function preflightResponse({ method, headers }: RequestHead): WireResponse | undefined {
  const requestedMethod = headers.get("access-control-request-method");
  if (method !== "OPTIONS" || requestedMethod === undefined) return undefined;
  const cors: Header[] = [
    ["Access-Control-Allow-Origin", "*"],
    ["Access-Control-Allow-Methods", corsMethods],
    ["Access-Control-Allow-Headers", headers.get("access-control-request-headers") ?? "*"],
    ["Access-Control-Max-Age", "7200"],
  ];
  if (headers.has("access-control-request-private-network")) {
    cors.push(["Access-Control-Allow-Private-Network", "true"]);
  }
  return { status: 204, headers: cors, chunked: false };
}

/** Returns the headers that let a page of another origin read the response, including the diagnosis. */
export function corsHeaders({ headers }: RequestHead, response: WireResponse): readonly Header[] {
  if (!headers.has("origin")) return [];
  const names = response.headers.map(([name]) => name).join(", ");
  return [
    ["Access-Control-Allow-Origin", "*"],
    ["Access-Control-Expose-Headers", names],
  ];
}
