import type { LogPolicyOptions } from "@azure/core-rest-pipeline";
import { idSegments } from "../generated/idSegments.js";

/** An id is the segment after one of these names; one that begins with ':' is an action of the service. */
const ids = new RegExp(`/(${idSegments.join("|")})/(?!:)[^/]+`, "g");

/** `…/identities/8%3Aacs%3A…/:issueAccessToken?api-version=2023-10-01` → `…/identities/REDACTED/:issueAccessToken?…`. */
export function redactUrl(
  text: string,
  { additionalAllowedQueryParameters: added = [], logUserIds }: LogPolicyOptions & { logUserIds?: boolean },
): string {
  const url = new URL(text);
  const shown = ["api-version", ...added].map((name) => name.toLowerCase());
  for (const name of [...url.searchParams.keys()]) {
    if (!shown.includes(name.toLowerCase())) url.searchParams.set(name, "REDACTED");
  }
  if (logUserIds !== true) url.pathname = url.pathname.replace(ids, "/$1/REDACTED");
  return url.href;
}
