import type { WireRequest } from "../wire/wire.js";

/** Reads what the requests of `fetch` and of a pipeline have in common. */
export function requestHead(request: {
  readonly url: string;
  readonly method: string;
  readonly headers: { get(name: string): string | null | undefined };
}): Pick<WireRequest, "method" | "target" | "scheme" | "host"> {
  const { pathname, search, protocol, host } = new URL(request.url);
  return {
    method: request.method,
    target: `${pathname}${search}`,
    scheme: protocol === "http:" ? "http" : "https",
    // Browsers don't let scripts set or read Host.
    host: request.headers.get("host") ?? host,
  };
}
