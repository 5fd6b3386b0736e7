import type { Service } from "./service.js";
import { list, quote } from "./source.js";

/** Writes idSegments.ts: how to recognize ids in a URL. It's a separate file, so the client doesn't load the routes. */
export function writeIdSegments(service: Service): string {
  const segments = new Set<string>();
  for (const { name, path } of service.operations) {
    for (const [, before = ""] of path.matchAll(/([^/]*)\/\{/g)) {
      // A log would show an id in clear text if it couldn't be recognized.
      if (!/^[\w-]+$/.test(before))
        throw new Error(`No literal segment stands before an id of ${name}: ${path}`);
      segments.add(before);
    }
  }
  return `/** The path segments that an id follows, as in \`/identities/{id}\`. Logs and traces leave out what comes after them. */
${list("export const idSegments: readonly string[] = [", [...segments].map(quote), "];")}
`;
}
