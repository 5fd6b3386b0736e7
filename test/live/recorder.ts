import { apiVersions } from "../../src/generated/apiVersions.js";
import type { JsonObject, JsonValue, Recording } from "../recorded/recorded.js";
import type { Exchange } from "./side.js";
import type { Step } from "./steps.js";

const guid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const nobody = "00000000-0000-0000-0000-000000000000";
const jwt = /[\w-]{4,}\.[\w-]{4,}\.[\w-]{4,}/g;

/** The time of each run's start, in recordings. */
const start = Date.parse("2000-01-01T00:00:00Z");

/** The headers that a recording keeps; the others may say anything. */
const requestHeaders = [
  "accept",
  "access-control-request-headers",
  "access-control-request-method",
  "content-type",
  "origin",
  "x-ms-client-request-id",
];
const responseHeaders =
  /^(?:access-control-.*|accept-ranges|allow|api-(?:supported|deprecated)-versions|content-length|content-type|date|ms-cv|request-context|retry-after|strict-transport-security|transfer-encoding|www-authenticate|x-azure-ref|x-cache|x-ms-client-request-id|x-ms-error-code|x-processing-time)$/;

/** Writes exchanges without what belongs to the resource. What is the same stays the same within a run. */
export class Recorder {
  readonly recordings: Recording[] = [];
  readonly #host: string;
  readonly #startedAt: number;
  readonly #aliases = new Map<string, string>();

  constructor(host: string, startedAt: number) {
    this.#host = host;
    this.#startedAt = startedAt;
  }

  add(name: string, step: Step, { request, response }: Exchange): void {
    if (!response || step.comparesStatusOnly) return;
    const { pathname, searchParams } = new URL(request.path, "https://localhost");
    const apiVersion = searchParams.get("api-version") ?? "";
    const headers = Object.entries(request.headers).filter(([header]) => requestHeaders.includes(header));
    const scheme = /^(?:HMAC|Bearer)/i.exec(request.headers.authorization ?? "")?.[0].toLowerCase();
    this.recordings.push({
      name,
      recording: "npm run test:live",
      apiVersion,
      offered: apiVersions.some((version) => version === apiVersion),
      ...(step.signing && { signing: step.signing }),
      ...(!step.byClient && { raw: true }),
      request: {
        method: request.method,
        path: this.#text(pathname + new URL(request.path, "https://localhost").search),
        headers: {
          ...Object.fromEntries(headers.map(([header, value]) => [header, this.#text(value)])),
          ...(scheme && { authorization: scheme }),
        },
        body: this.#body(request.text),
      },
      response: {
        status: response.status,
        headers: Object.fromEntries(
          Object.entries(response.headers)
            .filter(([header]) => responseHeaders.test(header))
            .map(([header, value]) => [header, this.#header(header, value)]),
        ),
        body: this.#body(response.text),
      },
    });
  }

  #header(name: string, value: string): string {
    if (name === "date") return new Date(this.#time(Date.parse(value))).toUTCString();
    // Both name this one request, for Microsoft's support.
    if (name === "ms-cv") return value.replace(/^[\w+/]{22}/, "A".repeat(22));
    if (name === "x-azure-ref") return `0${"A".repeat(40)}`;
    return this.#text(value);
  }

  #body(text: string): JsonValue {
    if (text === "") return null;
    try {
      return this.#json(JSON.parse(text), "");
    } catch {
      return this.#text(text);
    }
  }

  #json(value: JsonValue, name: string): JsonValue {
    if (Array.isArray(value)) return value.map((member) => this.#json(member, name));
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(
        Object.entries(value as JsonObject).map(([key, member]) => [
          this.#text(key),
          this.#json(member, key),
        ]),
      );
    }
    if (typeof value !== "string") return value;
    if (/(?:On|At)$/.test(name)) return this.#isoTime(value);
    if (name === "token" && value.length > 20) return this.#token(value);
    return this.#text(value);
  }

  /** Keeps the form of a token: the names of its claims, its scopes and its times. */
  #token(token: string): string {
    const parts = token.split(".");
    if (parts.length !== 3) return "sanitized";
    const [header, claims] = parts.slice(0, 2).map((part) => {
      const members = Object.entries(JSON.parse(Buffer.from(part, "base64url").toString()) as JsonObject);
      return Object.fromEntries(members.map(([name, value]) => [name, this.#claim(name, value)]));
    });
    const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");
    return `${encode(header)}.${encode(claims)}.${Buffer.from("sanitized").toString("base64url")}`;
  }

  #claim(name: string, value: JsonValue): JsonValue {
    if (["acsScope", "alg", "scp", "typ", "ver"].includes(name)) return value;
    if (["exp", "iat", "nbf"].includes(name)) return this.#seconds(Number(value));
    if (name === "csi") return String(this.#seconds(Number(value)));
    if (typeof value === "string") return guid.test(value) ? this.#text(value) : "sanitized";
    return typeof value === "number" ? 0 : value;
  }

  #seconds(value: number): number {
    return Math.floor(this.#time(value * 1000) / 1000);
  }

  #isoTime(value: string): string {
    const [, seconds = "", rest = ""] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(.*)$/.exec(value) ?? [];
    const time = Date.parse(`${seconds}Z`);
    if (Number.isNaN(time)) return "sanitized";
    // Whole seconds are moved, so that the digits behind them and the form of the zone stay.
    return `${new Date(Math.floor(this.#time(time) / 1000) * 1000).toISOString().slice(0, 19)}${rest}`;
  }

  #time(time: number): number {
    return time - this.#startedAt + start;
  }

  /** Replaces the host, ids and whatever looks like a token. */
  #text(text: string): string {
    const [resource = ""] = this.#host.split(".");
    return text
      .replaceAll(this.#host, "resource.communication.azure.com")
      .replaceAll(resource.length > 3 ? resource : this.#host, "resource")
      .replace(jwt, (match) => (match.startsWith("eyJ") ? "sanitized" : match))
      .replace(guid, (match) => this.#alias(match.toLowerCase()));
  }

  #alias(id: string): string {
    if (id === nobody) return id;
    const alias =
      this.#aliases.get(id) ?? `00000000-0000-4000-8000-${String(this.#aliases.size + 1).padStart(12, "0")}`;
    this.#aliases.set(id, alias);
    return alias;
  }
}
