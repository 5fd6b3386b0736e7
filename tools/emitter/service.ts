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
import { getAllTags } from "@typespec/compiler";
import { getExtensions } from "@typespec/openapi";
import { Availability, getAvailabilityMap, getVersions } from "@typespec/versioning";

/** What the writers need from TCGC's package. Operations that they can't write have already been rejected. */
export interface Service {
  readonly versions: readonly string[];
  readonly enums: readonly SdkEnumType[];
  readonly models: readonly SdkModelType[];
  /** For each enum, the versions that have each of its values. */
  readonly enumValues: ReadonlyMap<SdkEnumType, ReadonlyMap<string, readonly string[]>>;
  /** Models that successful responses contain. */
  readonly outputs: ReadonlySet<SdkModelType>;
  readonly operations: readonly ServiceOperation[];
}

export interface ServiceOperation {
  /** The name in the spec and in the generated code. */
  readonly name: string;
  /** The method of the client that calls the operation, from `@clientName` if the spec has one. */
  readonly clientName: string;
  /** Other methods that call it, each by the body member that only this method sends. */
  readonly clientNamesWith: ReadonlyMap<string, string>;
  /** How many requests the service accepts in how many seconds. */
  readonly rateLimit: { readonly requests: number; readonly seconds: number } | undefined;
  /** Operations with the same tag announce their versions together. */
  readonly tag: string | undefined;
  readonly doc: string | undefined;
  readonly method: string;
  /** "/identities/{id}" */
  readonly path: string;
  readonly versions: readonly string[];
  /** Undefined when the operation has no body. */
  readonly contentType: string | undefined;
  /** Undefined, too, for a map, which only an operation of the fake can have. */
  readonly body: SdkModelType | undefined;
  /** Wire names of the body members that some versions of the operation lack. */
  readonly bodyVersions: ReadonlyMap<string, readonly string[]>;
  readonly result: SdkModelType | undefined;
  /** The statuses of its success, in ascending order. */
  readonly statuses: readonly number[];
  /** False with `@convenientAPI(false)`: only the fake has the operation. */
  readonly isForClient: boolean;
}

export function readService(context: SdkContext): Service {
  const clients = context.sdkPackage.clients;
  const versions = [...new Set(clients.flatMap((client) => client.apiVersions))];
  const operations = clients.flatMap(methodsOf).map((method) => readOperation(context, method));
  const outputs = new Set<SdkModelType>();
  for (const { result, isForClient } of operations) if (result && isForClient) collect(result, outputs);
  const enums = context.sdkPackage.enums.filter(({ usage }) => (usage & UsageFlags.ApiVersionEnum) === 0);
  const enumValues = new Map(enums.map((type) => [type, valuesOf(context, type)]));
  return { versions, enums, enumValues, models: context.sdkPackage.models, outputs, operations };
}

/** Returns the name of a property on the wire. */
export const wireName = (property: SdkModelType["properties"][number]): string =>
  property.serializationOptions.json?.name ?? property.name;

export const isPreview = (version: string): boolean => version.endsWith("-preview");

/** Tells whether the newest version has a property. The client neither sends nor reads withdrawn ones. */
export const isCurrent = (
  { apiVersions }: SdkModelType["properties"][number],
  { versions }: Service,
): boolean => apiVersions.includes(versions.at(-1) ?? "");

function methodsOf(client: SdkClientType<SdkHttpOperation>): SdkServiceMethod<SdkHttpOperation>[] {
  return [...client.methods, ...(client.children ?? []).flatMap(methodsOf)];
}

/** TCGC knows the versions of types and their members, but not of enum values. */
function valuesOf({ program }: SdkContext, type: SdkEnumType): Map<string, readonly string[]> {
  const [, known] = type.__raw ? getVersions(program, type.__raw) : [];
  const nameOf = new Map(known?.getVersions().map(({ name, value }) => [value, name]));
  const has = [Availability.Added, Availability.Available];
  return new Map(
    type.values.map(({ value, __raw }) => {
      // Undefined for a value that was added together with its enum.
      const availability = __raw && getAvailabilityMap(program, __raw);
      const versions = type.apiVersions.filter((version) => {
        const state = availability?.get(nameOf.get(version) ?? "");
        return !availability || (state !== undefined && has.includes(state));
      });
      return [`${value}`, versions];
    }),
  );
}

function readOperation(
  { program }: SdkContext,
  method: SdkServiceMethod<SdkHttpOperation>,
): ServiceOperation {
  const { operation, name: clientName, __raw: source } = method;
  const name = source?.name ?? clientName;
  const extensions = source && getExtensions(program, source);
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
  const result = method.response.type;
  if (result && result.kind !== "model") refuse(`a result of kind ${result.kind}`);
  const statuses = operation.responses.map(({ statusCodes: status }) =>
    typeof status === "number" ? status : refuse(`a range of statuses, ${status.start} to ${status.end}`),
  );
  const isForClient = method.generateConvenient;
  const body = operation.bodyParam;
  if (body && body.type.kind !== "model" && isForClient) refuse(`a body of kind ${body.type.kind}`);
  const versions = method.apiVersions;
  const bodyVersions = new Map<string, readonly string[]>();
  for (const property of body?.type.kind === "model" ? body.type.properties : []) {
    const has = versions.filter((version) => property.apiVersions.includes(version));
    if (has.length < versions.length) bodyVersions.set(wireName(property), has);
  }
  const clientNamesWith = new Map<string, string>(
    Object.entries(extensions?.get("x-client-name-with") ?? {}),
  );
  for (const member of clientNamesWith.keys()) {
    const isMember = body?.type.kind === "model" && body.type.properties.some((p) => wireName(p) === member);
    if (!isMember) refuse(`the x-client-name-with ${member}, no member of the body`);
  }
  return {
    name,
    clientName,
    clientNamesWith,
    rateLimit: extensions?.get("x-rate-limit"),
    tag: source && getAllTags(program, source)?.[0],
    doc: method.doc,
    method: operation.verb.toUpperCase(),
    path: operation.path,
    versions,
    contentType: body && (body.contentTypes[0] ?? "application/json"),
    body: body?.type.kind === "model" ? body.type : undefined,
    bodyVersions,
    result: result?.kind === "model" ? result : undefined,
    statuses: [...new Set(statuses)].sort(),
    isForClient,
  };
}

function collect(type: SdkType, into: Set<SdkModelType>): void {
  if (type.kind === "array") collect(type.valueType, into);
  if (type.kind !== "model" || into.has(type)) return;
  into.add(type);
  for (const property of type.properties) collect(property.type, into);
}
