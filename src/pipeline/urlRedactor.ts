import type { LoggingOptions } from "./logPolicy.js";

/**
 * Creates a function that makes URLs fit for logs and traces: `…/identities/8%3Aacs%3A…/:issueAccessToken?api-version=…` →
 * `…/identities/REDACTED/:issueAccessToken?…`.
 * @param idSegments - The path segments that an id follows, unless what follows begins with ':', an action of the service.
 */
export function urlRedactor(
  idSegments: readonly string[],
  { additionalAllowedQueryParameters: added = [], logUserIds }: LoggingOptions,
): (url: string) => string {
  const withoutIds = (segments: readonly string[]) =>
    segments.map((segment, index) => {
      const isId = /^[^:]/.test(segment) && idSegments.includes(segments[index - 1] ?? "");
      return isId ? "REDACTED" : segment;
    });
  const shown = ["api-version", ...added].map((name) => name.toLowerCase());
  return (text) => {
    const url = new URL(text);
    const query = [...url.searchParams].map(([name, value]) => [
      name,
      shown.includes(name.toLowerCase()) ? value : "REDACTED",
    ]);
    url.search = String(new URLSearchParams(query));
    if (logUserIds !== true) url.pathname = withoutIds(url.pathname.split("/")).join("/");
    return url.href;
  };
}
