/** Which requests and users are listed. The address has it, too, so that a reload and a bookmark keep it. */
export interface Narrowing {
  readonly onlyFailures: boolean;
  readonly filter: string;
  readonly users: string;
}

export function readNarrowing(): Narrowing {
  const query = new URLSearchParams(location.search);
  return {
    onlyFailures: query.has("failures"),
    filter: query.get("filter") ?? "",
    users: query.get("users") ?? "",
  };
}

/** Keeps what isn't given. */
export function writeNarrowing(changes: Partial<Narrowing>): void {
  const { onlyFailures, filter, users } = { ...readNarrowing(), ...changes };
  const query = new URLSearchParams({
    ...(onlyFailures && { failures: "" }),
    ...(filter && { filter }),
    ...(users && { users }),
  });
  const search = query.size > 0 ? `?${query}` : "";
  if (search !== location.search) history.replaceState(null, "", `/${search}${location.hash}`);
}
