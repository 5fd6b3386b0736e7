const unitsInMs = { "retry-after-ms": 1, "x-ms-retry-after-ms": 1, "Retry-After": 1000 } as const;

/** Returns the delay that a response asks for, in milliseconds, or undefined if there is none that can be read. */
export function retryAfterOf(headers: { get(name: string): string | null | undefined }): number | undefined {
  const read = (name: string) => headers.get(name) ?? "";
  for (const [name, unitInMs] of Object.entries(unitsInMs)) {
    if (/^\d{1,12}(\.\d+)?$/.test(read(name))) return Number(read(name)) * unitInMs;
  }
  // By the clock of the server: that of this machine may differ.
  const delay = readDate(read("Retry-After")) - (readDate(read("Date")) || Date.now());
  return delay > 0 ? delay : delay <= 0 ? 0 : undefined;
}

/** Reads the date format of HTTP, `Wed, 21 Oct 2026 07:28:00 GMT`. `Date.parse` accepts many others. */
function readDate(text: string): number {
  return Date.parse(/^\w{3}, .{20} GMT$/.test(text) ? text : "");
}
