/** Where a request goes, as undici wants it. */
export interface Target {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path and query, percent-encoded. */
  readonly path: string;
}

/** What a URL parser leaves as it is: no step such as `/../`, in whatever spelling. */
const plainPath = /^(?:\/(?!\.|%2e)[\w%:?=&.~-]*)+$/i;

/** Reads targets out of URLs, and parses anew only what is not another plain path of the last origin. */
export function targetReader(): (url: string) => Target {
  let origin = "\n";
  return (text) => {
    if (text.startsWith(origin)) {
      const path = text.slice(origin.length);
      if (plainPath.test(path)) return { origin, path };
    }
    const url = new URL(text);
    origin = url.origin;
    return { origin, path: `${url.pathname}${url.search}` };
  };
}
