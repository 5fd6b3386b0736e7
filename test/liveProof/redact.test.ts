import { expect, it } from "vitest";
import { assertHoldsNone } from "../live/redact.js";

const key = Buffer.alloc(64, 7).toString("base64");
const host = "contoso.communication.azure.com";
const endpoint = `https://${host}`;
const id = "8:acs:0a1b2c3d-0000-4000-8000-000000000001_0a1b2c3d-0000-4000-8000-000000000002";

it.each<[string, string]>([
  ["the key", `accesskey=${key};`],
  ["the key in a URL", encodeURIComponent(key)],
  ["the bytes of the key in hex", Buffer.from(key, "base64").toString("hex").toUpperCase()],
  ["the bytes of the key in base64url", Buffer.from(key, "base64").toString("base64url")],
  ["the host in capitals", endpoint.toUpperCase()],
  ["an id in a path", `/identities/${encodeURIComponent(id)}`],
  ...["", "x", "xy"].map((before): [string, string] => [
    `an id in a token after ${before.length} bytes`,
    Buffer.from(`${before}${id} after`).toString("base64url"),
  ]),
])("a text that leaves the machine isn't written with %s", (_, text) => {
  const secrets = new Map([
    [key, "the key"],
    [host, "the host"],
    [id, "an id"],
  ]);
  expect(() => assertHoldsNone(`before ${text} after`, secrets)).toThrow(/holds .* of the resource/);
  expect(() => assertHoldsNone("https://resource.communication.azure.com 8:acs:", secrets)).not.toThrow();
});
