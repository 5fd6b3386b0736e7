import type { FaultServer, Reply } from "./faultServer.js";
import { answer, withHeaders } from "./replies.js";

/** Lets a page of another origin read the replies. The nth request that isn't a preflight gets the nth reply. */
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

/** Counts the requests that aren't preflights. */
export function callsOf({ requests }: FaultServer): number {
  return requests.filter(({ method }) => method !== "OPTIONS").length;
}
