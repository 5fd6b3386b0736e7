import { readMember } from "./canaries.js";

/** How a call ended, if it did. */
export interface Outcome {
  readonly kind: "value" | "error" | "pending";
  readonly value: unknown;
  readonly error: unknown;
  /** How long it took, in milliseconds. */
  readonly ms: number;
}

/** Waits for a call, but no longer than the bound. */
export async function settle(call: () => unknown, boundMs: number): Promise<Outcome> {
  const start = performance.now();
  const ended = (kind: Outcome["kind"], rest: { value?: unknown; error?: unknown } = {}): Outcome => ({
    kind,
    value: rest.value,
    error: rest.error,
    ms: Math.round(performance.now() - start),
  });
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve(ended("pending")), boundMs);
  });
  const settled = (async () => {
    try {
      return ended("value", { value: await call() });
    } catch (error) {
      return ended("error", { error });
    }
  })();
  const outcome = await Promise.race([settled, bound]);
  clearTimeout(timer);
  return outcome;
}

/** `resolved`, `RestError 500 Code500 "Message 500."`, `pending after 4000 ms`. */
export function describeOutcome({ kind, value, error, ms }: Outcome): string {
  if (kind === "pending") return `pending after ${ms} ms`;
  if (kind === "value") return value === undefined ? "resolved" : `resolved ${describeValue(value)}`;
  const parts = [errorName(error), readMember(error, "statusCode"), readMember(error, "code")];
  return `${parts.filter((part) => part !== undefined && part !== "").join(" ")} "${shorten(messageOf(error))}"`;
}

/** The name by which a user tells errors apart. */
export function errorName(error: unknown): string {
  return String(readMember(error, "name") ?? typeof error);
}

/** The message if it is a string, as every message must be. */
export function messageOf(error: unknown): string {
  const message = readMember(error, "message");
  return typeof message === "string" ? message : "";
}

function describeValue(value: unknown): string {
  if (typeof value !== "object" || value === null) return shorten(String(value), 20);
  return shorten(`{${Object.keys(value).join(", ")}}`);
}

/** No secret belongs in a table either, so that long words are cut. */
export function shorten(text: string, length = 90): string {
  const start = text.slice(0, 1_000);
  const plain = start.replace(/\s+/g, " ").replace(/[\w+/=.-]{60,}/g, (word) => `${word.slice(0, 12)}…`);
  return plain.length > length ? `${plain.slice(0, length)}…(${text.length})` : plain;
}
