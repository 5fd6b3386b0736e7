/** Azure's own headers beside `Retry-After`, in milliseconds. They're unknown to the endpoint of an app. */
export const delayHeadersInMs: readonly string[] = ["retry-after-ms", "x-ms-retry-after-ms"];

/** Returns the delay that a response asks for, in milliseconds, if it can be read. The headers `namesInMs` take precedence. */
export function retryAfterOf(
  headers: { get(name: string): string | null | undefined },
  namesInMs: readonly string[] = [],
): number | undefined {
  const read = (name: string) => headers.get(name) ?? "";
  for (const name of [...namesInMs, "Retry-After"]) {
    if (/^\d{1,12}(\.\d+)?$/.test(read(name)))
      return Number(read(name)) * (namesInMs.includes(name) ? 1 : 1000);
  }
  // By the clock of the server: that of this machine may differ.
  const delay = readDate(read("Retry-After")) - (readDate(read("Date")) || Date.now());
  return delay <= 0 ? 0 : delay || undefined;
}

/** Reads the date format of HTTP, `Wed, 21 Oct 2026 07:28:00 GMT`. `Date.parse` accepts many others. */
function readDate(text: string): number {
  return Date.parse(/^\w{3}, .{20} GMT$/.test(text) ? text : "");
}
