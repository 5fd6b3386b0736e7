import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createFakeIdentityService } from "../../../../src/testing/index.js";
import { fakeRouting } from "../../../../src/testing/routing.js";
import { signedHeaders } from "../../../helpers/testing/sign.js";

const part = (bytes: number) => randomBytes(bytes).toString("base64url");
const json = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Each makes a secret, and returns parts of it that mustn't be found. */
const kinds: readonly (() => [secret: string, ...parts: string[]])[] = [
  (claims = json({ sub: part(20) }), signature = part(256)) => [
    `${json({ alg: "RS256" })}.${claims}.${signature}`,
    claims.slice(8),
    signature.slice(0, 30),
  ],
  (text = part(50), tag = part(16)) => [`${json({ alg: "dir" })}..${part(12)}.${text}.${tag}`, text, tag],
  (key = randomBytes(64).toString("base64")) => [`endpoint=https://x/;accesskey=${key}`, key.slice(0, 40)],
];

const wraps: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => `before ${secret} after`,
  (secret) => `https://x.example/${secret}?a=${secret}`,
];

const headers = "authorization x-forwarded-user referer user-agent x-ms-client-request-id x origin".split(
  " ",
);
const members = "scopes createTokenWithScopes customId appId userId token principalType x".split(" ");
const fields = "client_id scope code redirect_uri login_hint response_type resource x".split(" ");

it("a logged request has no foreign token or access key, in whichever field of whichever route it was sent", async () => {
  const rows = fakeRouting.tables.flatMap(({ rows }) => rows.map(({ method, path }) => ({ method, path })));
  const place = fc.constantFrom("path", "query", "named", "name", "header", "signed header", "body", "form");
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...rows),
      fc.constantFrom(...kinds),
      fc.constantFrom(...wraps),
      fc.uniqueArray(place, { minLength: 1, maxLength: 3 }),
      fc.nat(100),
      fc.boolean(),
      async ({ method, path }, makeSecret, wrap, places, choice, isEncoded) => {
        const [secret, ...parts] = makeSecret();
        const value = wrap(secret);
        const pick = (names: readonly string[]) => names[choice % names.length] ?? "";
        const inUrl = isEncoded || /[ #]/.test(value) ? encodeURIComponent(value) : value;
        const has = (name: string) => places.includes(name as never);
        const form = has("form") ? String(new URLSearchParams({ [pick(fields)]: value })) : "";
        const target = `${path.replaceAll(/\{\w+\}/g, has("path") ? inUrl : "x")}?api-version=2025-06-30${
          has("query") ? `&${inUrl}` : ""
        }${has("named") ? `&${pick(fields)}=${inUrl}` : ""}${has("name") ? `&${inUrl}=1` : ""}&${form}`;
        const service = createFakeIdentityService();
        const hasBody = !["GET", "HEAD"].includes(method);
        const body = has("body") ? { [pick(members)]: [value], [value]: 1 } : { [pick(members)]: "x" };
        const signed = has("signed header")
          ? {
              authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256;x-more&Signature=${secret}`,
              "x-more": value,
            }
          : {};
        // The text of a body is logged only if it has blanks.
        const text = has("form") ? form : JSON.stringify(body, undefined, choice % 2);
        const { host } = new URL(service.endpoint);
        await service.fetch(new URL(target, service.endpoint), {
          method,
          ...(hasBody && { body: text }),
          headers: {
            "content-type": has("form") ? "application/x-www-form-urlencoded" : "application/json",
            ...signedHeaders({ method, target, body: hasBody ? text : "", host, key: service.accessKey }),
            ...signed,
            ...(has("header") && { [pick(headers)]: value }),
          },
        });
        const said = JSON.stringify(service.requests);
        expect(service.requests).toHaveLength(1);
        for (const each of parts) {
          expect(said).not.toContain(each);
          expect(said).not.toContain(encodeURIComponent(each));
        }
      },
    ),
    { numRuns: 100 },
  );
});
