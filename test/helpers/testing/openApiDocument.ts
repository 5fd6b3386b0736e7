import { readFileSync } from "node:fs";
import type { ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { expect } from "vitest";

/** A JSON schema, as far as the documents use it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly required?: readonly string[];
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

export interface Operation {
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export function readOpenApi(version: string): OpenApi {
  return JSON.parse(readFileSync(`spec/openapi/openapi.${version}.json`, "utf8"));
}

/** Creates a function that validates an answer against a version's OpenAPI document and returns the errors. */
export function validator(
  version: string,
): (path: string, method: string, status: number, body: unknown) => unknown {
  const document = readOpenApi(version);
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(document, "service");
  const validators = new Map<string, ValidateFunction>();
  return (path: string, method: string, status: number, body: unknown): unknown => {
    const { responses } = document.paths[path]?.[method.toLowerCase()] ?? { responses: {} };
    const key = String(status) in responses ? String(status) : "default";
    expect(responses, `${method} ${path} ${status}`).toHaveProperty([key]);
    const known = validators.get(`${path} ${method} ${key}`);
    if (known) return known(body) ? [] : known.errors;
    if (!("content" in (responses[key] ?? {}))) return body === undefined ? [] : ["a body where none is due"];
    const place = encodeURIComponent(path.replaceAll("~", "~0").replaceAll("/", "~1"));
    const pointer = `paths/${place}/${method.toLowerCase()}/responses/${key}/content/application~1json/schema`;
    const validate = ajv.compile({ $ref: `service#/${pointer}` });
    validators.set(`${path} ${method} ${key}`, validate);
    return validate(body) ? [] : validate.errors;
  };
}
