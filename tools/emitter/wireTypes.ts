// The TypeScript type of a TypeSpec type, and the code that reads it from JSON.
import {
  isSdkFloatKind,
  isSdkIntKind,
  type SdkEnumType,
  type SdkModelType,
  type SdkType,
} from "@azure-tools/typespec-client-generator-core";
import { wireName } from "./service.js";

/** The kinds of types that the emitter can write. */
type Kind = "string" | "number" | "boolean" | "date" | "enum" | "array" | "model";

export function typeOf(type: SdkType): string {
  switch (kindOf(type)) {
    case "date":
      return "Date";
    case "enum":
    case "model":
      return (type as SdkEnumType | SdkModelType).name;
    case "array":
      return `${typeOf(itemOf(type))}[]`;
    default:
      return kindOf(type);
  }
}

/** Writes a call that reads `value`, and calls `use` with each reader that has to be imported. */
export function readCall(type: SdkType, value: string, name: string, use: (reader: string) => void): Call {
  if (kindOf(type) === "array") {
    use("readArray");
    return { open: "readArray(", args: [value, name, itemReader(itemOf(type), use)], close: ")" };
  }
  const close = isFixedEnum(type) ? `) as ${typeOf(type)}` : ")";
  return { open: `${readerOf(type, use)}(`, args: [value, name], close };
}

/** A call, in the parts that `list` joins. */
export interface Call {
  readonly open: string;
  readonly args: readonly string[];
  readonly close: string;
}

function itemReader(type: SdkType, use: (reader: string) => void): string {
  if (kindOf(type) !== "array" && !isFixedEnum(type)) return readerOf(type, use);
  const { open, args, close } = readCall(type, "item", "name", use);
  return `(item, name) => ${open}${args.join(", ")}${close}`;
}

function readerOf(type: SdkType, use: (reader: string) => void): string {
  const kind = kindOf(type);
  if (kind === "model") return `deserialize${typeOf(type)}`;
  const readers = { string: "readString", enum: "readString", date: "readDate" };
  if (!Object.hasOwn(readers, kind)) throw new Error(`The emitter can't write a ${kind} of a response.`);
  const reader = readers[kind as keyof typeof readers];
  use(reader);
  return reader;
}

/**
 * Throws for a member of a request that differs on the wire, at any depth, because the client sends its bodies as they are.
 *
 * @param seen - The models already searched, since a model can contain itself.
 */
export function refuseRenamed(model: SdkModelType, seen: Set<SdkModelType> = new Set()): void {
  if (seen.has(model)) return;
  seen.add(model);
  for (const property of model.properties) {
    let { type } = property;
    while (type.kind === "array") type = type.valueType;
    if (wireName(property) !== property.name || kindOf(type) === "date") {
      throw new Error(
        `The emitter can't write ${property.name} of ${model.name}: a renamed or date member of a request.`,
      );
    }
    if (type.kind === "model") refuseRenamed(type, seen);
  }
}

const isFixedEnum = (type: SdkType): boolean => type.kind === "enum" && type.isFixed;

function itemOf(type: SdkType): SdkType {
  if (type.kind !== "array") throw new TypeError(`${type.kind} has no items`);
  return type.valueType;
}

function kindOf(type: SdkType): Kind {
  if (isSdkIntKind(type.kind) || isSdkFloatKind(type.kind)) return "number";
  if (type.kind === "url") return "string";
  if (type.kind === "utcDateTime" && type.encode === "rfc3339") return "date";
  if (type.kind === "enum" && type.valueType.kind === "string") return "enum";
  switch (type.kind) {
    case "string":
    case "boolean":
    case "array":
    case "model":
      return type.kind;
    default:
      throw new Error(`The emitter can't write the type kind ${type.kind}.`);
  }
}
