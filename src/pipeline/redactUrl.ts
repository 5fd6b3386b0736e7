import { idSegments } from "../generated/idSegments.js";

/** Says what logs and traces show of a URL. */
export interface UrlRedaction {
  /** The names of the query parameters to show, in lower case. */
  readonly queryParameters: readonly string[];
  readonly showIds: boolean;
}

/** An id is the segment after one of these names; one that begins with ':' is an action of the service. */
const ids = new RegExp(`/(${idSegments.join("|")})/(?!:)[^/]+`, "g");

/** `…/identities/8%3Aacs%3A…/:issueAccessToken?api-version=2023-10-01` → `…/identities/REDACTED/:issueAccessToken?…`. */
export function redactUrl(text: string, { queryParameters, showIds }: UrlRedaction): string {
  const url = new URL(text);
  for (const name of [...url.searchParams.keys()]) {
    if (!queryParameters.includes(name.toLowerCase())) url.searchParams.set(name, "REDACTED");
  }
  if (!showIds) url.pathname = url.pathname.replace(ids, "/$1/REDACTED");
  return url.href;
}

export function urlRedactionOf(options: {
  readonly additionalAllowedQueryParameters?: string[];
  readonly logUserIds?: boolean;
}): UrlRedaction {
  const { additionalAllowedQueryParameters: added = [], logUserIds } = options;
  const queryParameters = ["api-version", ...added].map((name) => name.toLowerCase());
  return { queryParameters, showIds: logUserIds === true };
}
