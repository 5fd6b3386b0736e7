// The pattern of redact.ts is made of the secrets of a call, so nothing can prove that it takes linear time. These are megabytes
// of what it could stumble over: the beginning of each credential, as it is, escaped and percent-encoded, and escapes alone.
import { createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import { expect, it } from "vitest";
import { redact } from "../../../src/pipeline/redact.js";

const lengthInCharacters = 1_000_000;
const signature = "/+/+/+/+/+/+/+/+aaaaaaaaaaaaaaaaaaaaaaaaaaa=";
const proxy = "++++++++";
const exchanged = "=/=/=/=/=/=/=/=/";

const starts = [signature, proxy, exchanged, "eyJaaaaaaaaaa"].flatMap((secret) => {
  const start = secret.slice(0, 12);
  const escaped = start.replace(/\W/g, (c) => `\\u00${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return [
    start,
    start.slice(0, -1),
    encodeURIComponent(start),
    encodeURIComponent(encodeURIComponent(start)),
    escaped,
    escaped.replaceAll("\\", "\\\\\\"),
    start.replaceAll("/", "\\/"),
  ];
});
const escapes = [
  "\\",
  "\\\\\\\\\\\\\\",
  "\\/",
  "\\u002B",
  "\\u00",
  "\\\\u002",
  "%",
  "%25",
  "25",
  "%2",
  "%2525",
  "ey",
  "eyJ",
];
const pieces = [...starts, ...escapes, "=", "/", "+", "a"];

it.each(pieces)("a megabyte of %j is redacted", (piece) => {
  const request = createPipelineRequest({
    url: "https://a.example",
    headers: createHttpHeaders({
      Authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host&Signature=${signature}`,
      "Proxy-Authorization": `Basic ${proxy}`,
    }),
    body: JSON.stringify({ token: exchanged }),
  });
  const text = piece.repeat(lengthInCharacters / piece.length);
  for (const body of [text, `${text}\n!`, `${signature.slice(0, 12)}${text}\n!`, `eyJ0123456789${text}\n!`]) {
    expect(redact(body, request)).toBeTypeOf("string");
  }
});
