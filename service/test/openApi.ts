import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { parse } from "yaml";

interface Response {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema: { readonly $ref: string } }>>;
}

interface Schema {
  readonly required: readonly string[];
  readonly properties: Readonly<
    Record<string, { readonly description?: string; readonly enum?: readonly string[] }>
  >;
}

interface Operation {
  readonly operationId: string;
  readonly description?: string;
  readonly parameters?: readonly { readonly name: string; readonly required: boolean }[];
  readonly security?: readonly object[];
  readonly responses: Readonly<Record<string, Response>>;
}

/** The service's contract, as openapi.yaml has it. */
export const contract = parse(readFileSync(new URL("../openapi.yaml", import.meta.url), "utf8")) as {
  readonly security: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly securitySchemes: object;
    readonly schemas: Readonly<Record<string, Schema>>;
  };
};

const ajv = new Ajv2020({ strict: false });
formats.default(ajv);
ajv.addSchema(contract, "contract");
const problem = "#/components/responses/Problem";

/** Returns what about a response contradicts the contract; undefined if nothing does. */
export function findContradiction(
  method: string,
  path: string,
  { status, headers, body }: { readonly status: number; readonly headers: Headers; readonly body: unknown },
): string | undefined {
  const route = path.split("?", 1)[0] ?? "";
  const responses = contract.paths[route]?.[method.toLowerCase()]?.responses ?? {
    default: { $ref: problem },
  };
  const key = status in responses ? String(status) : "default";
  const response = responses[key];
  if (!response) return `${method} ${route} may not answer ${status}`;
  const retryAfter = { $ref: `contract${problem}/headers/Retry-After/schema` };
  const wait = Number(headers.get("Retry-After") ?? "none");
  if ((status === 429 || status === 503) && !ajv.validate(retryAfter, wait)) return "no Retry-After";
  const pointer =
    response.$ref ?? `#/paths/${route.replaceAll("/", "~1")}/${method.toLowerCase()}/responses/${key}`;
  const type = headers.get("Content-Type")?.split(";", 1)[0];
  if (!response.$ref && !response.content) return body === undefined ? undefined : "a body";
  const expected = response.$ref === problem ? "application/problem+json" : "application/json";
  if (type !== expected) return `${type} instead of ${expected}`;
  const schema = `contract${pointer}/content/${expected.replaceAll("/", "~1")}/schema`;
  return ajv.validate({ $ref: schema }, body) ? undefined : ajv.errorsText();
}
