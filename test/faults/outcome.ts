import { setTimeout as realSetTimeout } from "node:timers";

/** How a call ended, if it did. */
export interface Outcome {
  readonly kind: "value" | "error" | "pending";
  readonly value?: unknown;
  readonly error?: unknown;
  /** How long it took, in milliseconds. */
  readonly ms: number;
}

/** Waits for a call, but no longer than `boundMs`. */
export async function settle(call: () => unknown, boundMs: number): Promise<Outcome> {
  const start = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const outcome = await Promise.race([
    (async () => call())().then(
      (value) => ({ kind: "value", value }) as const,
      (error: unknown) => ({ kind: "error", error }) as const,
    ),
    new Promise<{ readonly kind: "pending" }>((resolve) => {
      // Rows shorten the global one.
      timer = realSetTimeout(resolve, boundMs, { kind: "pending" });
    }),
  ]);
  clearTimeout(timer);
  return { ...outcome, ms: Math.round(performance.now() - start) };
}

/** `resolved {token}`, `RestError 500 Code500 "Message 500."`, `pending after 4000 ms`. */
export function describeOutcome({ kind, value, error, ms }: Outcome): string {
  if (kind === "pending") return `pending after ${ms} ms`;
  if (kind === "value") return `resolved ${value ? `{${Object.keys(value).join(", ")}}` : ""}`.trim();
  const parts = [errorName(error), readMember(error, "statusCode"), readMember(error, "code")];
  return `${parts.filter((part) => part !== undefined && part !== "").join(" ")} "${shorten(messageOf(error))}"`;
}

/** Reads a member of any value. Returns undefined if it's absent or its getter throws. */
export function readMember(value: unknown, name: string): unknown {
  try {
    return Reflect.get(Object(value), name);
  } catch {
    return undefined;
  }
}

/** Returns the name by which users tell errors apart, or the type of a value that has no name. */
export function errorName(error: unknown): string {
  return String(readMember(error, "name") ?? typeof error);
}

/** Returns the message if it's a string, as it should be, and otherwise an empty string. */
export function messageOf(error: unknown): string {
  const message = readMember(error, "message");
  return typeof message === "string" ? message : "";
}

/** Cuts long words, because the table mustn't show secrets either. */
function shorten(text: string): string {
  const start = text.slice(0, 1_000).replace(/\s+/g, " ");
  const plain = start.replace(/[\w+/=.-]{60,}/g, (word) => `${word.slice(0, 12)}…`);
  return plain.length > 90 ? `${plain.slice(0, 90)}…(${text.length})` : plain;
}
