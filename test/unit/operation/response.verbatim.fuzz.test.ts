import fc from "fast-check";
import { expect, it } from "vitest";
import type { ErrorDetails } from "../../../src/errors.js";
import { AzureKeyCredential, CommunicationIdentityClient, isRestError } from "../../../src/index.js";
import { stubTransport } from "../../helpers/stubTransport.js";
import { slowUnitTimeLimit } from "../../helpers/timeLimit.js";
import { testEndpoint, testKey } from "../../helpers/values.js";
import { bounded } from "../../load/trust/helpers/bounded.js";
import { printsOf } from "../../load/trust/secrets/prints.js";

const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4LV9-In0.c2lnbmF0dXJlX29mLWEtdG9rZW4";

/** How servers write text into JSON: plainly, as ASP.NET, as Gson and as PHP. */
const writers: readonly ((json: string) => string)[] = [
  (json) => json,
  (json) => json.replace(/[+&<>'`]/g, (c) => `\\u00${c.charCodeAt(0).toString(16).toUpperCase()}`),
  (json) => json.replace(/[=&<>']/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
  (json) => json.replaceAll("/", "\\/"),
];
type Writer = (typeof writers)[number];

const writer = fc.constantFrom(...writers);
const pieces = [
  "\\",
  "\\/",
  "\\u002B",
  "\\u002b1",
  "\\u0065",
  "%2B",
  "%25",
  "+",
  "/",
  "=",
  "eyJ",
  "C:\\/x",
  '"',
];
const text = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: "binary" })), { minLength: 1 })
  .map((parts) => parts.join(""))
  .filter((one) => one !== "");

/** Calls a service that refuses with what `bodyFor` returns, which is given the signature of the request. */
async function refusal(bodyFor: (signature: string) => string) {
  let body = "";
  const httpClient = stubTransport(({ headers }) => {
    body = bodyFor(headers.get("authorization")?.split("Signature=")[1] ?? "");
    return { status: 400, body };
  });
  const client = new CommunicationIdentityClient(testEndpoint, new AzureKeyCredential(testKey), {
    httpClient,
  });
  const error: unknown = await client.createUser().catch((caught: unknown) => caught);
  if (!isRestError(error)) throw error;
  return { body, error };
}

it("a response without a credential reaches the user as it was written", {
  timeout: slowUnitTimeLimit,
}, async () => {
  const property = fc.asyncProperty(text, text, writer, async (message, target, write) => {
    const sent = { error: { code: "ValidationError", message, target } };
    const { body, error } = await refusal(() => write(JSON.stringify(sent)));
    expect(error.message).toContain(message);
    expect(error.details).toEqual(sent satisfies ErrorDetails);
    expect(error.response?.bodyAsText).toBe(body);
  });
  await fc.assert(property, bounded(500));
});

/** JSON in JSON: each level is written by its own server. */
const nested = fc.array(writer, { minLength: 1, maxLength: 3 }).map((levels) => {
  const write = (inner: string, level: Writer) => level(JSON.stringify({ message: inner }));
  return (words: string) => levels.reduce(write, words);
});
/** Percent-encoded up to three times, with upper-case or lower-case digits. */
const percentEncoded = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.boolean()).map(([times, isLower]) => {
  const encode = (words: string) =>
    encodeURIComponent(words).replace(/%../g, (code) => (isLower ? code.toLowerCase() : code));
  return (words: string) =>
    Array(times)
      .fill(encode)
      .reduce((all: string, one: typeof encode) => one(all), words);
});
const form = fc.oneof(
  fc.constant((words: string) => words),
  nested,
  percentEncoded,
);

it("a response with a credential reaches the user without any part of it", {
  timeout: slowUnitTimeLimit,
}, async () => {
  const shown = fc.record({ form, isToken: fc.boolean(), length: fc.integer({ min: 13, max: jwt.length }) });
  const property = fc.asyncProperty(shown, async ({ form, isToken, length }) => {
    let credential = "";
    const { error } = await refusal((signature) => {
      credential = (isToken ? jwt : signature).slice(0, length);
      return form(`before <${credential}> after`);
    });
    const bodyAsText = `${error.response?.bodyAsText}`;
    expect(bodyAsText).toMatch(/before.*REDACTED/);
    const output = [bodyAsText, printsOf(error)].join("\n");
    for (let start = 0; start + 6 <= credential.length; start++) {
      expect(output).not.toContain(credential.slice(start, start + 6));
    }
  });
  await fc.assert(property, bounded(500));
});
