// Every text that a program may print, store or send of a value.
import { type InspectOptions, inspect } from "node:util";

const mostNodes = 20_000;

/**
 * Inspected at any depth, as JSON, cloned, through its causes, and as serializers take it apart. Of an error the
 * accessors are read, too; of a credential they are not, since that of its key is what it is for.
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
 * What an exporter of spans or a sink of logs makes of a value: it honours what a class says of itself, as `RestError`
 * does, which keeps its request to itself. An attempt that failed may be followed by another one, which needs it.
 */
export function exportOf(value: unknown): string {
  return [
    attempt(() => String(value)),
    attempt(() => (value instanceof Error ? (value.stack ?? "") : "")),
    inspectAll(value, { customInspect: true }),
    attempt(() => JSON.stringify(value) ?? ""),
  ].join("\n");
}

/** As `console.log` prints it, and without a limit. */
function inspectAll(value: unknown, options: InspectOptions): string {
  const everything = { depth: Infinity, maxStringLength: null, maxArrayLength: null, showHidden: true };
  return [
    attempt(() => inspect(value, options)),
    attempt(() => inspect(value, { ...options, ...everything })),
  ].join("\n");
}

/**
 * Each text in reach of a value: members whether they can be enumerated or not, entries of maps and sets, bytes,
 * and, when asked to, accessors, those of a class too. That is more than any serializer takes.
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
