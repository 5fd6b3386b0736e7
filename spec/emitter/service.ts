import {
  type SdkClientType,
  type SdkContext,
  type SdkEnumType,
  type SdkHttpOperation,
  type SdkModelType,
  type SdkServiceMethod,
  type SdkType,
  UsageFlags,
} from "@azure-tools/typespec-client-generator-core";
import { namesArgument } from "./argumentName.js";

/** What the writers need of TCGC's package, with everything that they can't write already refused. */
export interface Service {
  readonly versions: readonly string[];
  readonly enums: readonly SdkEnumType[];
  readonly models: readonly SdkModelType[];
  /** Models that some request holds. */
  readonly inputs: ReadonlySet<SdkModelType>;
  /** Models that some success answer holds. */
  readonly outputs: ReadonlySet<SdkModelType>;
  readonly operations: readonly ServiceOperation[];
}

export interface ServiceOperation {
  readonly name: string;
  readonly doc: string | undefined;
  readonly method: string;
  /** "/identities/{id}" */
  readonly path: string;
  readonly pathArguments: readonly string[];
  readonly versions: readonly string[];
  readonly body:
    | { readonly model: SdkModelType; readonly optional: boolean; readonly contentType: string }
    | undefined;
  /** Wire members of the body that not every version of the operation has. */
  readonly bodyVersions: ReadonlyMap<string, readonly string[]>;
  readonly result: SdkModelType | undefined;
}

export function readService(context: SdkContext): Service {
  const clients = context.sdkPackage.clients;
  const versions = [...new Set(clients.flatMap((client) => client.apiVersions))];
  const operations = clients.flatMap(methodsOf).map(readOperation);
  const inputs = new Set<SdkModelType>();
  const outputs = new Set<SdkModelType>();
  for (const operation of operations) {
    if (operation.body) collect(operation.body.model, inputs);
    if (operation.result) collect(operation.result, outputs);
  }
  const enums = context.sdkPackage.enums.filter(({ usage }) => (usage & UsageFlags.ApiVersionEnum) === 0);
  return { versions, enums, models: context.sdkPackage.models, inputs, outputs, operations };
}

/** The name of a property on the wire. */
export const wireName = (property: SdkModelType["properties"][number]): string =>
  property.serializationOptions.json?.name ?? property.name;

function methodsOf(client: SdkClientType<SdkHttpOperation>): SdkServiceMethod<SdkHttpOperation>[] {
  return [...client.methods, ...(client.children ?? []).flatMap(methodsOf)];
}

function readOperation(method: SdkServiceMethod<SdkHttpOperation>): ServiceOperation {
  const { operation, name } = method;
  const refuse = (what: string): never => {
    throw new Error(`The emitter can't write ${what}, which operation ${name} has.`);
  };
  for (const parameter of operation.parameters) {
    const known =
      parameter.isApiVersionParam ||
      (parameter.kind === "path" && !parameter.optional && parameter.type.kind === "string") ||
      (parameter.kind === "header" && /^(content-type|accept)$/i.test(parameter.serializedName));
    if (!known) refuse(`the ${parameter.kind} parameter ${parameter.serializedName}`);
  }
  const pathArguments = [...operation.path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? "");
  for (const argument of pathArguments) {
    if (namesArgument(argument)) continue;
    refuse(`the path parameter ${argument} (no name for an argument: rename it in the spec)`);
  }
  const result = method.response.type;
  if (result && result.kind !== "model") refuse(`a result of kind ${result.kind}`);
  const body = operation.bodyParam;
  if (body && body.type.kind !== "model") refuse(`a body of kind ${body.type.kind}`);
  const versions = method.apiVersions;
  const bodyVersions = new Map<string, readonly string[]>();
  for (const property of body?.type.kind === "model" ? body.type.properties : []) {
    const has = versions.filter((version) => property.apiVersions.includes(version));
    if (has.length < versions.length) bodyVersions.set(wireName(property), has);
  }
  return {
    name,
    doc: method.doc,
    method: operation.verb.toUpperCase(),
    path: operation.path,
    pathArguments,
    versions,
    body:
      body?.type.kind === "model"
        ? {
            model: body.type,
            optional: body.optional,
            contentType: body.contentTypes[0] ?? "application/json",
          }
        : undefined,
    bodyVersions,
    result: result?.kind === "model" ? result : undefined,
  };
}

function collect(type: SdkType, into: Set<SdkModelType>): void {
  if (type.kind === "array") collect(type.valueType, into);
  if (type.kind !== "model" || into.has(type)) return;
  into.add(type);
  for (const property of type.properties) collect(property.type, into);
}
