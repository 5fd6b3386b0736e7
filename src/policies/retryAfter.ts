import type { HttpHeaders } from "@azure/core-rest-pipeline";

/** The date format of HTTP; `Date.parse` alone takes far more for a date. */
const httpDate = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * The delay in milliseconds that a response asks for: `retry-after-ms`, `x-ms-retry-after-ms`, or `Retry-After` in
 * seconds or as a date, in this order. Undefined when there is none or when it is neither.
 */
export function retryAfterOf(headers: HttpHeaders): number | undefined {
  return (
    readNumber(headers.get("retry-after-ms")) ??
    readNumber(headers.get("x-ms-retry-after-ms")) ??
    readSeconds(headers.get("Retry-After")) ??
    readDelayUntil(headers.get("Retry-After"))
  );
}

function readSeconds(text: string | undefined): number | undefined {
  const seconds = readNumber(text);
  return seconds === undefined ? undefined : seconds * 1000;
}

function readNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,12}(?:\.\d{1,3})?$/.test(text) ? Number(text) : undefined;
}

/** A date that has passed asks for no delay. */
function readDelayUntil(text: string | undefined): number | undefined {
  const date = text !== undefined && httpDate.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
