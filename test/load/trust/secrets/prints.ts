// Every text of a value that a program may print, store or send.
import { type InspectOptions, inspect } from "node:util";

const mostNodes = 20_000;

/**
 * Returns a value inspected at any depth, as JSON, cloned, and taken apart as serializers do, with its causes. Reads
 * the accessors of errors, too, but not those of other values: a credential has one that is meant to return its key.
 */
export function printsOf(value: unknown): string {
  const accessors = value instanceof Error;
  return [
    attempt(() => String(value)),
    inspectAll(value, { customInspect: true, getters: accessors }),
    inspectAll(value, { customInspect: false, getters: accessors }),
    attempt(() => JSON.stringify(value) ?? ""),
    attempt(() => inspectAll(structuredClone(value), {})),
    textsIn(value, accessors).join("\n"),
  ].join("\n");
}

/**
 * Returns what a span exporter or a log sink makes of a value. They honor custom inspection, with which `RestError`
 * hides its request. A failed attempt's error keeps that request, because a retry may need it.
 */
export function exportOf(value: unknown): string {
  return [
    attempt(() => String(value)),
    attempt(() => (value instanceof Error ? (value.stack ?? "") : "")),
    inspectAll(value, { customInspect: true }),
    attempt(() => JSON.stringify(value) ?? ""),
  ].join("\n");
}

/** Inspects a value as `console.log` does, and again without limits. */
function inspectAll(value: unknown, options: InspectOptions): string {
  const everything = { depth: Infinity, maxStringLength: null, maxArrayLength: null, showHidden: true };
  return [
    attempt(() => inspect(value, options)),
    attempt(() => inspect(value, { ...options, ...everything })),
  ].join("\n");
}

/**
 * Returns every text reachable from a value, which is more than any serializer reads: enumerable and other members,
 * entries of maps and sets, bytes and, if asked for, accessors, including those of classes.
 */
function textsIn(root: unknown, accessors: boolean): string[] {
  const texts: string[] = [];
  const seen = new Set<object>();
  const open: unknown[] = [root];
  for (let value = open.pop(); open.length > 0 || value !== undefined; value = open.pop()) {
    if (typeof value === "string") texts.push(value);
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    if (seen.size >= mostNodes) throw new Error("A value leads to more objects than the search looks at");
    seen.add(value);
    if (value instanceof Uint8Array) texts.push(Buffer.from(value).toString("latin1"));
    if (value instanceof Map) open.push(...value.keys(), ...value.values());
    if (value instanceof Set) open.push(...value);
    open.push(...membersOf(value, accessors));
  }
  return texts;
}

function membersOf(value: object, accessors: boolean): unknown[] {
  const members: unknown[] = [];
  for (let owner: object | null = value; owner; owner = Object.getPrototypeOf(owner)) {
    for (const name of Reflect.ownKeys(owner)) {
      const isAccessor = Object.getOwnPropertyDescriptor(owner, name)?.get !== undefined;
      if (isAccessor ? !accessors : owner !== value) continue;
      members.push(String(name), read(value, name));
    }
  }
  return members.filter((member) => member !== undefined);
}

function read(value: object, name: string | symbol): unknown {
  try {
    return Reflect.get(value, name);
  } catch (error) {
    return error instanceof Error ? error.message : undefined;
  }
}

function attempt(print: () => string): string {
  try {
    return print();
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
}
