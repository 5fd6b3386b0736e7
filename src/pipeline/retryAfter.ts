import type { HttpHeaders } from "@azure/core-rest-pipeline";

/** The date format of HTTP; `Date.parse` alone takes far more for a date. */
const httpDate = /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * The delay in milliseconds that a response asks for: `retry-after-ms`, `x-ms-retry-after-ms`, or `Retry-After` in
 * seconds or as a date, in this order. Undefined when there is none or when it is neither.
 */
export function retryAfterOf(headers: HttpHeaders): number | undefined {
  const retryAfter = headers.get("Retry-After");
  return (
    readNumber(headers.get("retry-after-ms"), 1) ??
    readNumber(headers.get("x-ms-retry-after-ms"), 1) ??
    readNumber(retryAfter, 1000) ??
    readDelayUntil(retryAfter)
  );
}

function readNumber(text = "", unitInMs: number): number | undefined {
  return /^\d{1,12}(?:\.\d{1,3})?$/.test(text) ? Number(text) * unitInMs : undefined;
}

/** A date that has passed asks for no delay. */
function readDelayUntil(text = ""): number | undefined {
  const delay = Date.parse(text) - Date.now();
  return httpDate.test(text) && !Number.isNaN(delay) ? Math.max(0, delay) : undefined;
}
