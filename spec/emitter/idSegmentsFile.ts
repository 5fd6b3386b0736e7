import type { Service } from "./service.js";
import { list, quote } from "./source.js";

/** idSegments.ts: what tells an id in a URL from everything else, in a file of its own that costs a browser nothing. */
export function writeIdSegments(service: Service): string {
  const segments = new Set<string>();
  for (const { name, path } of service.operations) {
    for (const [, before = ""] of path.matchAll(/([^/]*)\/\{/g)) {
      // A log would show the id in clear.
      if (!/^[\w-]+$/.test(before))
        throw new Error(`No literal segment stands before an id of ${name}: ${path}`);
      segments.add(before);
    }
  }
  return `/** The path segments that an id follows, as in \`/identities/{id}\`. Logs and traces leave out what comes after them. */
${list("export const idSegments: readonly string[] = [", [...segments].map(quote), "];")}
`;
}
