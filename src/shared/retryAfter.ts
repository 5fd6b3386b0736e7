interface Headers {
  get(name: string): string | null | undefined;
}

const plainNumber = /^\d{1,12}(\.\d+)?$/;

/** Reads Azure's own headers beside `Retry-After`, in milliseconds. They're unknown to the endpoint of an app. */
export function delayHeadersInMs(headers: Headers): number | undefined {
  for (const name of ["retry-after-ms", "x-ms-retry-after-ms"]) {
    const text = headers.get(name) ?? "";
    if (plainNumber.test(text)) return Number(text);
  }
  return undefined;
}

/** Returns the delay that `Retry-After` asks for, in milliseconds, if it can be read. */
export function retryAfterOf(headers: Headers): number | undefined {
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
