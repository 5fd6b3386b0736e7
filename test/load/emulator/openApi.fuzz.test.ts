import fc, { type Arbitrary } from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../../src/emulator/index.js";
import { serviceVersions } from "../../../src/generated/apiVersions.js";
import { send } from "../../helpers/emulator/http.js";
import { type OpenApi, readOpenApi, type Schema, validator } from "../../helpers/testing/openApiDocument.js";
import { signedHeaders } from "../../helpers/testing/sign.js";

/** All together: three modes. */
const limitInMs = 9_000;

/** To replay a failure: OPENAPI_FUZZ="<seed>,<path>", as the failure prints them. */
const [seed, path] = (process.env.OPENAPI_FUZZ ?? "").split(",");

const tenantId = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";

/** Texts that mean something to the service, beside any text. */
const text: Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "voip",
    "chat",
    "chat.join",
    "user",
    "group",
    "tenant",
    tenantId,
    tenantId.toUpperCase(),
    "",
  ),
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom("\0", "\ud800", "__proto__", "a".repeat(257), "../..", "8:acs:x", "%2e"),
);

/** Values of JSON that fit no schema in particular. */
const anything: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 59, 60, 1440, 1441, 1.5, 2 ** 31, 1e300, [], {}, [null], {
    toString: 1,
  }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Values that fit a schema, and now and then some that don't. */
function arbitraryOf(schema: Schema, document: OpenApi, depth = 0): Arbitrary<unknown> {
  const { $ref, allOf, anyOf, properties = {}, additionalProperties, items, type } = schema;
  if (depth > 4) return anything;
  const inner = (each: Schema) => arbitraryOf(each, document, depth + 1);
  const fitting = (): Arbitrary<unknown> => {
    if ($ref) return inner(document.components.schemas[$ref.split("/").at(-1) ?? ""] ?? {});
    if (schema.enum) return fc.constantFrom(...schema.enum);
    const [part] = allOf ?? [];
    if (part) return inner(part);
    if (anyOf) return fc.oneof(...anyOf.map(inner));
    if (type === "array") return fc.array(inner(items ?? {}), { maxLength: 4 });
    if (type === "integer") return fc.oneof(fc.integer({ min: 60, max: 1440 }), fc.integer());
    if (type === "string") return text;
    if (type === "boolean") return fc.boolean();
    const members = Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, inner(each)]));
    if (Object.keys(members).length > 0) return fc.record(members, { requiredKeys: [] });
    if (additionalProperties) return fc.dictionary(text, inner(additionalProperties), { maxKeys: 3 });
    return anything;
  };
  return fc.oneof({ weight: 9, arbitrary: fitting() }, { weight: 1, arbitrary: anything });
}

interface Case {
  readonly version: string;
  readonly template: string;
  readonly method: string;
  /** For each parameter of the path: the number of a user that exists, or a text. */
  readonly parameters: readonly (number | string)[];
  readonly body: unknown;
  readonly contentType: string;
  readonly credential: "key" | "wrong key" | "none" | "entra" | "user" | "teams";
}

function cases(): Arbitrary<Case> {
  const operations = serviceVersions.flatMap((version) => {
    const document = readOpenApi(version);
    return Object.entries(document.paths).flatMap(([template, methods]) =>
      Object.entries(methods).map(([method, { requestBody }]) => {
        const [[contentType = "", content] = []] = Object.entries(requestBody?.content ?? {});
        return fc.record<Case>({
          version: fc.constant(version),
          template: fc.constant(template),
          method: fc.constant(method.toUpperCase()),
          parameters: fc.array(fc.oneof(fc.nat(3), fc.constant(tenantId), text), {
            minLength: 2,
            maxLength: 2,
          }),
          body: content ? arbitraryOf(content.schema, document) : fc.constant(undefined),
          contentType: fc.constant(contentType),
          credential: fc.oneof(
            { weight: 8, arbitrary: fc.constant("key" as const) },
            { weight: 4, arbitrary: fc.constantFrom("entra", "user", "teams", "wrong key", "none") },
          ),
        });
      }),
    );
  });
  return fc.oneof(...operations);
}

const scopes = {
  entra: "https://communication.azure.com//.default",
  user: "https://communication.azure.com/clients/VoIP",
  teams: "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls",
} as const;

describe("requests made from the OpenAPI documents", () => {
  it.each(["standard", "strict", "loose"] as const)(
    "get answers that fit the documents from a %s emulator, and no refused one changes anything",
    async (strictness) => {
      const emulator = await startEmulator({ strictness, seed: "fuzz" });
      onTestFinished(() => emulator.close());
      const { url, service } = emulator;
      const { host } = new URL(url);
      const validators = new Map(serviceVersions.map((version) => [version as string, validator(version)]));
      const tokens = new Map<string, string>();
      for (const [name, scope] of Object.entries(scopes)) {
        const credential = service.createTokenCredential(
          name === "entra" ? {} : { tenantId, objectId: tenantId },
        );
        tokens.set(name, (await credential.getToken(scope))?.token ?? "");
      }
      const statuses = new Set<number>();
      const refusals = { count: 0 };

      const run = async ({ version, template, method, parameters, body, contentType, credential }: Case) => {
        const values = [...parameters];
        const place = template.replace(/\{\w+\}/g, () => {
          const value = values.shift() ?? "";
          const known = typeof value === "number" ? service.users[value]?.id : value;
          return encodeURIComponent((known ?? "nobody").replace(/\p{Surrogate}/gu, "x"));
        });
        const target = `${place}?api-version=${version}`;
        const content = body === undefined ? "" : JSON.stringify(body);
        const key = credential === "wrong key" ? btoa("wrong") : service.accessKey;
        const token = tokens.get(credential);
        const headers: Record<string, string> = {
          host,
          ...(content === "" ? {} : { "content-type": contentType || "application/json" }),
          ...(credential === "none" ? {} : signedHeaders({ method, target, body: content, host, key })),
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        };
        const before = JSON.stringify(service.snapshot());
        const answer = await send(url, method, target, { headers, body: content });
        statuses.add(answer.status);
        expect(answer.status, answer.text).toBeLessThan(500);
        if (answer.status >= 400) {
          refusals.count += 1;
          expect(JSON.stringify(service.snapshot())).toBe(before);
        }
        // An empty parameter leaves the document's paths, and so does a method's own 405.
        if (place.includes("//") || place.endsWith("/") || (answer.status === 404 && !answer.json)) return;
        const problems = validators.get(version)?.(template, method, answer.status, answer.json);
        expect(problems, `${method} ${target} ${answer.status} ${answer.text}`).toEqual([]);
      };

      const sequences = fc.array(cases(), { minLength: 1, maxLength: 12 });
      const property = fc.asyncProperty(sequences, async (sequence) => {
        service.reset();
        for (const each of sequence) await run(each);
      });
      const replay = { seed: Number(seed), ...(path && { path }), endOnFailure: true };
      // It goes on until it has got past the front door.
      do {
        await fc.assert(property, {
          numRuns: 2000,
          interruptAfterTimeLimit: limitInMs / 3,
          ...(seed && replay),
        });
      } while ([200, 201, 204, 400, 401].some((status) => !statuses.has(status)));
      expect(refusals.count).toBeGreaterThan(0);
    },
  );
});
