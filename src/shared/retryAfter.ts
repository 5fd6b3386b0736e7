interface Headers {
  get(name: string): string | null | undefined;
}

const plainNumber = /^\d{1,12}(\.\d+)?$/;

/** Returns the delay that a response of Azure asks for, in milliseconds, if it can be read. */
export function requestedDelayInMs(headers: Headers): number | undefined {
  // Azure's own headers take precedence over `Retry-After`.
  for (const name of ["retry-after-ms", "x-ms-retry-after-ms"]) {
    const text = headers.get(name) ?? "";
    if (plainNumber.test(text)) return Number(text);
  }
  return readRetryAfterInMs(headers);
}

/** Returns the delay that `Retry-After` asks for, in milliseconds, if it can be read. */
export function readRetryAfterInMs(headers: Headers): number | undefined {
  const text = headers.get("Retry-After") ?? "";
  if (plainNumber.test(text)) return Number(text) * 1000;
  // The server's clock counts, because that of this machine may differ.
  const delay = readDate(text) - (readDate(headers.get("Date") ?? "") || Date.now());
  return delay <= 0 ? 0 : delay || undefined;
}

/** Reads the date format of HTTP, `Wed, 21 Oct 2026 07:28:00 GMT`. `Date.parse` accepts many others. */
function readDate(text: string): number {
  return Date.parse(/^\w{3}, .{20} GMT$/.test(text) ? text : "");
}
