import type { WireRequest } from "../wire/wire.js";

/** What a request of `fetch` and one of a pipeline say in the same way. */
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
    // A browser lets no one set Host, nor read it.
    host: request.headers.get("host") ?? host,
  };
}
