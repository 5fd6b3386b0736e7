// Plays the recorded requests of official clients to the emulator.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../../src/emulator/index.js";
import { playToFake } from "../../helpers/recorded/playback.js";
import {
  headerOf,
  isSanitized,
  type JsonValue,
  type Recording,
  readLiveRuns,
  readRecordings,
  readRefusals,
} from "../../helpers/recorded/recorded.js";
import { substitutes } from "../../helpers/recorded/substitutes.js";
import { signedHeaders } from "../../helpers/testing/sign.js";

interface HttpReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Headers of the connection. Content-Length and Transfer-Encoding are compared separately. */
const ignored = new Set(["content-length", "transfer-encoding", "strict-transport-security", "connection"]);
const requestId = "0d1e2f30-4152-4637-8495-a6b7c8d9eaf0";
const customId = "alice@contoso.com";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

async function send(method: string, target: string, json?: JsonValue): Promise<HttpReply> {
  const body = json === undefined ? "" : JSON.stringify(json);
  const { host } = new URL(emulator.url);
  const response = await fetch(emulator.url + target, {
    method,
    headers: {
      "x-ms-client-request-id": requestId,
      ...(method === "POST" && { "content-type": "application/json" }),
      ...signedHeaders({ method, target, body, host, key: emulator.service.accessKey }),
    },
    ...(body !== "" && { body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Creates the user that a recorded request is for: one with a `customId` and a token, if it asks for the former. */
async function createUser({ name, request: { method } }: Recording): Promise<string> {
  const hasCustomId = method === "GET" || name.startsWith("27-");
  const version = hasCustomId ? "2025-03-02-preview" : "2023-10-01";
  const { text } = await send(
    "POST",
    `/identities?api-version=${version}`,
    hasCustomId ? { customId } : undefined,
  );
  const { id } = JSON.parse(text).identity;
  const issue = `/identities/${encodeURIComponent(id)}/:issueAccessToken?api-version=2023-10-01`;
  if (hasCustomId) await send("POST", issue, { scopes: ["chat"] });
  return id;
}

/** What a successful request that was blanked is for. */
const blanked: Readonly<Record<string, string>> = { "08": "issueToken", "29": "teamsExchange" };

const recordings = [...new Set([...readRecordings(), ...readRefusals()])];
it.each(recordings.filter(({ offered }) => offered))("$name gets the recorded answer", async (recording) => {
  const { name, request, response: expected } = recording;
  const kind = recording.case ?? blanked[name.slice(0, 2)];
  const own = await createUser(recording);
  const { id, body } = await substitutes(emulator.service, own, kind, request.body);
  const path = request.path.includes("?") ? request.path : `${request.path}?api-version=2023-10-01`;
  const target = path.replace(/\/(sanitized|redacted)/i, `/${encodeURIComponent(id)}`);
  const actual = await send(request.method, target, body);
  expect(actual.status).toBe(expected.status);
  const actualBody = actual.text ? JSON.parse(actual.text) : null;
  const expectedBody = typeof expected.body === "string" ? JSON.parse(expected.body) : expected.body;
  expect(shapeOf(actualBody)).toEqual(shapeOf(expectedBody));
  if (expected.status >= 400) expect(actualBody).toEqual(expectedBody);
  expectHeaders(actual, expected.headers);
  expect(actual.headers.get("x-ms-client-request-id")).toBe(requestId);
});

describe.each(readLiveRuns())("the run in $file", ({ recordings }) => {
  it("is what the fake answers, request by request", async () => {
    expect(await playToFake(recordings)).toEqual([]);
  });
});

/** Expects every recorded header. Values that depend on the time need only have the same format. */
function expectHeaders({ headers, text }: HttpReply, recorded: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(recorded)) {
    const key = name.toLowerCase();
    if (ignored.has(key)) continue;
    const own = headers.get(key) ?? "";
    expect(own, name).not.toBe("");
    if (key === "x-cache" || key === "request-context") expect(own).toBe(value);
    if (isSanitized(value)) continue;
    const cv = /^[\w+/]{22}(\.2)?\.0$/;
    if (key === "ms-cv") expect([cv.test(own), cv.test(value)], own).toEqual([true, true]);
    if (key === "x-processing-time") expect(own).toMatch(/^\d+ms$/);
    if (key === "date") expect(new Date(own).toUTCString()).toBe(own);
    if (key === "x-azure-ref") expect(Math.abs(azureTime(own) - Date.now()), own).toBeLessThan(60_000);
  }
  const announced = headerOf(recorded, "api-supported-versions") !== undefined;
  expect(headers.has("api-supported-versions")).toBe(announced);
  const hasLength = headerOf(recorded, "content-length") !== undefined;
  expect(headers.get("content-length")).toBe(hasLength ? String(Buffer.byteLength(text)) : null);
  for (const name of ["content-type", "transfer-encoding"])
    expect(headers.get(name) ?? undefined).toBe(headerOf(recorded, name));
}

function azureTime(reference: string): number {
  return Buffer.from(reference.slice(1), "base64").readUInt32LE(0) * 1000;
}

/** Returns names and types in order, and for dates whether they have the service's format. */
function shapeOf(value: unknown, name = ""): unknown {
  if (value !== null && typeof value === "object")
    return Object.entries(value).map(([key, member]) => [key, shapeOf(member, key)]);
  if (name === "expiresOn")
    return /^\d{4}(-\d\d){2}T(\d\d:){2}\d\d(\.\d{0,6}[1-9])?\+00:00$/.test(String(value));
  if (name === "lastTokenIssuedAt") return /^\d{4}(-\d\d){2}T(\d\d:){2}\d\d\+00:00$/.test(String(value));
  return typeof value;
}
