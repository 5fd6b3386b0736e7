import type { SdkEnumType, SdkModelType } from "@azure-tools/typespec-client-generator-core";
import { isCurrent, type Service, wireName } from "./service.js";
import { docComment, fits, list, member, quote } from "./source.js";
import { readCall, typeOf } from "./wireTypes.js";

/** Writes models.ts: the wire models, and deserializers for those that responses contain. */
export function writeModels(service: Service, imports: string): string {
  const readers = new Set<string>();
  const blocks = service.enums.map(writeEnum);
  for (const model of service.models) {
    blocks.push(writeInterface(model));
    if (!service.outputs.has(model)) continue;
    const current = model.properties.filter((property) => isCurrent(property, service));
    blocks.push(writeDeserializer(model.name, current, (reader) => readers.add(reader)));
  }
  if (readers.size > 0) {
    const names = [...readers].sort();
    blocks.unshift(list("import {", names, `} from ${quote(`${imports}/wireReaders.js`)};`));
  }
  return `${blocks.join("\n\n")}\n`;
}

function writeEnum(type: SdkEnumType): string {
  const values = type.values.map(({ value }) => quote(`${value}`));
  // Keeps the editor's completion of the known values, which a plain `string` would turn off.
  if (!type.isFixed) values.push("(string & {})");
  const line = `export type ${type.name} = ${values.join(" | ")};`;
  const lines = `export type ${type.name} =${values.map((value) => `\n  | ${value}`).join("")};`;
  return `${docComment(type.doc)}${fits(line) ? line : lines}`;
}

function writeInterface(model: SdkModelType): string {
  if (model.baseModel || model.additionalProperties || model.discriminatorProperty) {
    throw new Error(`The emitter can't write ${model.name}: no base model, index or discriminator.`);
  }
  const doc = docComment(model.doc);
  if (model.properties.length === 0) return `${doc}export type ${model.name} = Record<string, never>;`;
  const members = model.properties.map((property) => {
    const mark = property.optional ? "?" : "";
    return `${docComment(property.doc, "  ")}  ${property.name}${mark}: ${typeOf(property.type)};\n`;
  });
  return `${doc}export interface ${model.name} {\n${members.join("")}}`;
}

function writeDeserializer(
  model: string,
  properties: SdkModelType["properties"],
  use: (reader: string) => void,
): string {
  use("readObject");
  const read = (property: SdkModelType["properties"][number], target: string, end: string): string => {
    const name = `\`\${name}.${wireName(property)}\``;
    const { open, args, close } = readCall(property.type, member("source", wireName(property)), name, use);
    return `    ${list(`${target}${open}`, args, `${close}${end}`, 4)}\n`;
  };
  const required = properties.filter((property) => !property.optional);
  const optional = properties.filter((property) => property.optional);
  const members = required.map((property) => read(property, `${property.name}: `, ","));
  const literal = members.length > 0 ? `{\n${members.join("")}  }` : "{}";
  const body =
    optional.length === 0
      ? `  return ${literal};\n`
      : `  const result: ${model} = ${literal};\n${optional
          .map((property) => {
            const test = `  if (${member("source", wireName(property))} != null)`;
            return `${test} {\n${read(property, `result.${property.name} = `, ";")}  }\n`;
          })
          .join("")}  return result;\n`;
  const parameters = ["value: unknown", 'name = "body"'];
  const head = list(`export function deserialize${model}(`, parameters, `): ${model} {`);
  return `${head}\n  const source = readObject(value, name);\n${body}}`;
}
