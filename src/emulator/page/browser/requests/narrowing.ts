/** Which requests are listed. The address has it, too, so that a reload and a bookmark keep it. */
export interface Narrowing {
  readonly onlyFailures: boolean;
  readonly filter: string;
}

export function readNarrowing(): Narrowing {
  const query = new URLSearchParams(location.search);
  return { onlyFailures: query.has("failures"), filter: query.get("filter") ?? "" };
}

export function writeNarrowing({ onlyFailures, filter }: Narrowing): void {
  const query = new URLSearchParams({ ...(onlyFailures && { failures: "" }), ...(filter && { filter }) });
  const search = query.size > 0 ? `?${query}` : "";
  if (search !== location.search) history.replaceState(null, "", `/${search}${location.hash}`);
}
