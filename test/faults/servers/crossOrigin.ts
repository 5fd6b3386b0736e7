import type { FaultServer, Reply } from "./faultServer.js";
import { answer, withHeaders } from "./replies.js";

/** Replies that a page of another origin may read; the nth request that is no preflight gets the nth. */
export function crossOrigin(...replies: readonly Reply[]): Reply {
  const preflight = answer({
    status: 204,
    headers: {
      "Content-Length": "",
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Allow-Headers": "*, Authorization",
      "Access-Control-Allow-Methods": "*",
      "Access-Control-Allow-Private-Network": "true",
      "Access-Control-Max-Age": "600",
    },
  });
  let attempt = 0;
  return (exchange) => {
    if (exchange.request.method === "OPTIONS") return preflight(exchange);
    const reply = replies[Math.min(attempt++, replies.length - 1)];
    if (reply) withHeaders(reply, "Access-Control-Allow-Origin: *\r\n")(exchange);
  };
}

/** Requests of a page that are no preflights. */
export function callsOf({ requests }: FaultServer): number {
  return requests.filter(({ method }) => method !== "OPTIONS").length;
}
