import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.js";
import { signedHeaders } from "../testing/sign.js";
import { playToFake } from "./playback.js";
import {
  type ErrorCase,
  headerOf,
  isSanitized,
  type JsonValue,
  type Recording,
  readErrorCases,
  readLiveRuns,
  readRecordings,
} from "./recorded.js";
import { substitutes } from "./substitutes.js";

interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Headers of the connection. Content-Length and Transfer-Encoding are compared separately. */
const ignored = new Set(["content-length", "transfer-encoding", "strict-transport-security", "connection"]);

describe("recorded requests of the real service", () => {
  let emulator: Emulator;
  let id: string;

  beforeAll(async () => {
    emulator = await startEmulator();
    const created = await send("POST", "/identities?api-version=2025-03-02-preview", {
      customId: "alice@contoso.com",
    });
    id = JSON.parse(created.text).identity.id;
  });
  afterAll(() => emulator.close());

  function send(
    method: string,
    target: string,
    body?: JsonValue,
    more: Record<string, string> = {},
  ): Promise<HttpReply> {
    const text = body === undefined ? "" : JSON.stringify(body);
    const { host } = new URL(emulator.url);
    const headers = {
      ...more,
      ...(method === "POST" ? { "content-type": "application/json" } : {}),
      "content-length": String(Buffer.byteLength(text)),
      ...signedHeaders({ method, target, body: text, host, key: emulator.service.accessKey }),
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(`${emulator.url}${target}`, { method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers as Record<string, string>,
            text: Buffer.concat(chunks).toString(),
          }),
        );
      });
      outgoing.on("error", reject).end(text);
    });
  }

  async function ownId({ request: { method } }: Pick<Recording, "request">): Promise<string> {
    if (method === "GET") {
      const target = `/identities/${encodeURIComponent(id)}/:issueAccessToken?api-version=2023-10-01`;
      await send("POST", target, { scopes: ["chat"] });
      return id;
    }
    const created = await send("POST", "/identities?api-version=2023-10-01");
    return JSON.parse(created.text).identity.id;
  }

  const errorNames = new Map(readErrorCases().map((errorCase) => [errorCase.name, errorCase.case]));

  describe.each(readRecordings().filter(({ offered }) => offered))("$name", (recording) => {
    it("gets the recorded answer", async () => {
      const { request: recorded, response: expected } = recording;
      const own = await ownId(recording);
      const kind =
        errorNames.get(recording.name) ?? (recording.name.startsWith("29-") ? "teamsExchange" : undefined);
      const substituteCase = recording.name.startsWith("08-") ? "issueToken" : kind;
      const { id: usedId, body } = await substitutes(emulator.service, own, substituteCase, recorded.body);
      const target = recorded.path.replace(/\/(sanitized|redacted)/i, `/${encodeURIComponent(usedId)}`);
      if (recording.name.startsWith("27-")) {
        await send("POST", `/identities/${encodeURIComponent(id)}/:issueAccessToken?api-version=2023-10-01`, {
          scopes: ["chat"],
        });
      }
      const requestId = "0d1e2f30-4152-4637-8495-a6b7c8d9eaf0";
      const actual = await send(recorded.method, target, body, { "x-ms-client-request-id": requestId });
      expect(actual.status).toBe(expected.status);
      const actualBody = actual.text ? JSON.parse(actual.text) : null;
      const expectedBody = typeof expected.body === "string" ? JSON.parse(expected.body) : expected.body;
      expect(shapeOf(actualBody)).toEqual(shapeOf(expectedBody));
      if (expected.status >= 400) expect(actualBody).toEqual(expectedBody);
      expectHeaders(actual, expected.headers);
      expect(actual.headers["x-ms-client-request-id"]).toBe(requestId);
    });
  });

  describe.each(readErrorCases().filter(({ offered }) => offered))("$name, $case", (errorCase: ErrorCase) => {
    it("is rejected with the recorded error", async () => {
      const { request: recorded, response: expected } = errorCase;
      const own = await ownId({ request: { ...recorded, headers: {} } });
      const { id: usedId, body } = await substitutes(emulator.service, own, errorCase.case, recorded.body);
      const path = recorded.path.includes("?") ? recorded.path : `${recorded.path}?api-version=2023-10-01`;
      const target = path.replace(/\/sanitized/i, `/${encodeURIComponent(usedId)}`);
      const actual = await send(recorded.method, target, body);
      const { error } = JSON.parse(actual.text);
      expect({
        status: actual.status,
        code: error.code,
        message: error.message,
        target: error.target ?? null,
        apiSupportedVersions: "api-supported-versions" in actual.headers,
        contentType: actual.headers["content-type"] ?? null,
        chunked: actual.headers["transfer-encoding"] === "chunked",
      }).toEqual(expected);
    });
  });
});

describe.each(readLiveRuns())("the run in $file", ({ recordings }) => {
  it("is what the fake answers, request by request", async () => {
    expect(await playToFake(recordings)).toEqual([]);
  });
});

/** Expects every recorded header. Values that depend on the time need only have the same format. */
function expectHeaders(actual: HttpReply, recorded: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(recorded)) {
    const key = name.toLowerCase();
    if (ignored.has(key)) continue;
    const own = actual.headers[key] ?? "";
    expect(own, name).not.toBe("");
    if (key === "content-type" || key === "x-cache" || key === "request-context") expect(own).toBe(value);
    if (isSanitized(value)) continue;
    if (key === "ms-cv")
      expect(
        [own, value].every((text) => /^[\w+/]{22}(\.2)?\.0$/.test(text)),
        own,
      ).toBe(true);
    if (key === "x-processing-time") expect(own).toMatch(/^\d+ms$/);
    if (key === "date") expect(new Date(own).toUTCString()).toBe(own);
    if (key === "x-azure-ref") expect(Math.abs(azureTime(own) - Date.now()), own).toBeLessThan(5000);
  }
  const announced = headerOf(recorded, "api-supported-versions") !== undefined;
  expect("api-supported-versions" in actual.headers).toBe(announced);
  expect(actual.headers["transfer-encoding"]).toBe(headerOf(recorded, "transfer-encoding"));
  const hasLength = headerOf(recorded, "content-length") !== undefined;
  expect(actual.headers["content-length"]).toBe(
    hasLength ? String(Buffer.byteLength(actual.text)) : undefined,
  );
  expect(actual.headers["content-type"]).toBe(headerOf(recorded, "content-type"));
}

function azureTime(reference: string): number {
  return Buffer.from(reference.slice(1), "base64").readUInt32LE(0) * 1000;
}

/** Returns names and types in order, and for dates whether they have the service's format. */
function shapeOf(value: unknown, name = ""): unknown {
  if (value === null || typeof value !== "object") {
    if (name === "expiresOn")
      return /^\d{4}(-\d\d){2}T(\d\d:){2}\d\d(\.\d{0,6}[1-9])?\+00:00$/.test(String(value));
    if (name === "lastTokenIssuedAt") return /^\d{4}(-\d\d){2}T(\d\d:){2}\d\d\+00:00$/.test(String(value));
    return typeof value;
  }
  return Object.entries(value).map(([key, member]) => [key, shapeOf(member, key)]);
}
