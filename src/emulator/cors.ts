import { routes } from "../generated/routes.js";
import type { WireRequest, WireResponse } from "../testing/wire/wire.js";

type Header = readonly [name: string, value: string];

const methods = [...new Set(routes.map(({ method }) => method))].join(", ");

/**
 * Returns the response to a CORS preflight, or undefined for any other request. Every origin is allowed, because the
 * signature of a request decides what it may do.
 */
export function preflightResponse({ method, headers }: WireRequest): WireResponse | undefined {
  const requestedMethod = headers.get("access-control-request-method");
  if (method !== "OPTIONS" || requestedMethod === undefined) return undefined;
  const answer: Header[] = [
    ["Access-Control-Allow-Origin", "*"],
    ["Access-Control-Allow-Methods", methods],
    ["Access-Control-Allow-Headers", headers.get("access-control-request-headers") ?? "*"],
    ["Access-Control-Max-Age", "7200"],
  ];
  if (headers.has("access-control-request-private-network")) {
    answer.push(["Access-Control-Allow-Private-Network", "true"]);
  }
  return { status: 204, headers: answer, chunked: false };
}

/** Lets a page of another origin read the response, including the diagnosis. */
export function withCors({ headers }: WireRequest, response: WireResponse): WireResponse {
  if (!headers.has("origin")) return response;
  const names = response.headers.map(([name]) => name).join(", ");
  const cors: Header[] = [
    ["Access-Control-Allow-Origin", "*"],
    ["Access-Control-Expose-Headers", names],
  ];
  return { ...response, headers: [...response.headers, ...cors] };
}
