/** Headers of core or of fetch. */
interface Headers {
  get(name: string): string | null | undefined;
}

/** The date format of HTTP. `Date.parse` accepts many others. */
const httpDate = /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * Returns the delay that a response asks for, in milliseconds, from `retry-after-ms`, `x-ms-retry-after-ms`, or
 * `Retry-After` in seconds or as a date, in this order. Returns undefined if there is none that can be read.
 */
export function retryAfterOf(headers: Headers): number | undefined {
  const retryAfter = headers.get("Retry-After");
  return (
    readNumber(headers.get("retry-after-ms"), 1) ??
    readNumber(headers.get("x-ms-retry-after-ms"), 1) ??
    readNumber(retryAfter, 1000) ??
    readDelayUntil(retryAfter)
  );
}

function readNumber(text: string | null | undefined, unitInMs: number): number | undefined {
  return /^\d{1,12}(?:\.\d{1,3})?$/.test(text ?? "") ? Number(text) * unitInMs : undefined;
}

/** For a date in the past the delay is 0. */
function readDelayUntil(text: string | null | undefined): number | undefined {
  const delay = Date.parse(text ?? "") - Date.now();
  return httpDate.test(text ?? "") && !Number.isNaN(delay) ? Math.max(0, delay) : undefined;
}
