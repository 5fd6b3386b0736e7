// Secrets that every row plants, and the search for them in everything that the client lets out.
import { randomBytes } from "node:crypto";
import { inspect } from "node:util";

const keyBytes = randomBytes(64);

/** 64 bytes in base64, the shape of a real access key. */
export const accessKey: string = keyBytes.toString("base64");

export interface Tokens {
  readonly acs: string;
  readonly teams: string;
  readonly entra: string;
}

export const tokens: Tokens = {
  acs: canaryToken("CANARYTOKEN"),
  teams: canaryToken("CANARYTEAMS"),
  entra: canaryToken("CANARYENTRA"),
};

function canaryToken(name: string): string {
  return `${name}.${randomBytes(24).toString("base64url")}.${randomBytes(12).toString("base64url")}`;
}

/** Parts of 12 characters and more, so that a text that was cut in the middle still counts. */
export function secretNeedles(): Map<string, string> {
  const needles = new Map<string, string>();
  addKey(needles, "access key", keyBytes);
  for (const [name, token] of Object.entries(tokens)) {
    for (const part of token.split(".")) needles.set(part.slice(0, 12), `${name} token`);
  }
  return needles;
}

/** Another access key, such as the new one of a rotation. */
export function addKey(needles: Map<string, string>, name: string, key: Buffer): void {
  const base64 = key.toString("base64");
  needles.set(base64.slice(0, 20), name);
  needles.set(base64.slice(-22, -2), name);
  needles.set(key.toString("base64url").slice(20, 44), `${name} (base64url)`);
  needles.set(key.toString("hex").slice(0, 24), `${name} (hex)`);
  needles.set(key.toString("hex").slice(0, 24).toUpperCase(), `${name} (hex)`);
  needles.set(key.toString("latin1").slice(0, 12), `${name} (raw)`);
  needles.set([...key.subarray(0, 8)].join(","), `${name} (bytes)`);
  needles.set([...key.subarray(0, 8)].join(", "), `${name} (bytes)`);
  needles.set(encodeURIComponent(base64).slice(0, 24), `${name} (percent-encoded)`);
}

/** The names of the secrets that stand in a text. */
export function findSecrets(text: string, needles: ReadonlyMap<string, string>): string[] {
  const found = new Set<string>();
  for (const [needle, name] of needles) {
    if (needle.length >= 8 && text.includes(needle)) found.add(name);
  }
  return [...found];
}

const tooLongToPrint = 2_000_000;

/** Every text that a program may print of a value: by itself, along its causes, inspected and serialized. */
export function printsOf(value: unknown): Map<string, string> {
  const prints = new Map<string, string>();
  let current = value;
  for (let depth = 0; depth < 10 && current !== undefined && current !== null; depth++) {
    const at = depth === 0 ? "" : `cause${depth}.`;
    for (const name of ["message", "stack", "code", "input", "details"] as const) {
      const text = readMember(current, name);
      if (text !== undefined) prints.set(`${at}${name}`, typeof text === "string" ? text : print(text));
    }
    prints.set(
      `${at}string`,
      attempt(() => String(current)),
    );
    current = readMember(current, "cause");
  }
  const message = readMember(value, "message");
  if (typeof message === "string" && message.length > tooLongToPrint) return prints;
  prints.set("inspect", print(value));
  prints.set(
    "JSON",
    attempt(() => JSON.stringify(value) ?? ""),
  );
  prints.set(
    "own names",
    attempt(() => JSON.stringify(value, Object.getOwnPropertyNames(Object(value))) ?? ""),
  );
  prints.set(
    "clone",
    attempt(() => print(structuredClone(value))),
  );
  return prints;
}

/** A member of anything, undefined when it has none. */
export function readMember(value: unknown, name: string): unknown {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  try {
    return Reflect.get(value, name);
  } catch {
    return undefined;
  }
}

export function print(value: unknown): string {
  return attempt(() =>
    inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: null }),
  );
}

function attempt(text: () => string): string {
  try {
    return text();
  } catch {
    return "";
  }
}
