import { serviceVersions } from "../../src/generated/apiVersions.js";
import type { JsonObject, JsonValue, Recording } from "../helpers/recorded/recorded.js";
import type { Step } from "./cases.js";
import { harmlessHeaders } from "./facts.js";
import type { Exchange } from "./side.js";

const guids = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const nobody = "00000000-0000-0000-0000-000000000000";
const jwts = /eyJ[\w-]+\.[\w-]{4,}\.[\w-]{4,}/g;

/** The time of each run's start, in recordings. */
const start = Date.parse("2000-01-01T00:00:00Z");

/** The headers of a request that a recording keeps. */
const requestHeaders = /^(?:accept|access-control-request-.*|content-type|origin|x-ms-client-request-id)$/;

type Headers = Readonly<Record<string, string>>;

/** Writes exchanges without what belongs to the resource. What is the same stays the same within a run. */
export class Recorder {
  readonly recordings: Recording[] = [];
  readonly #host: string;
  readonly #startedAt: number;
  readonly #aliases = new Map<string, string>([[nobody, nobody]]);

  constructor(host: string, startedAt: number) {
    this.#host = host;
    this.#startedAt = startedAt;
  }

  add(name: string, step: Step, { request, response }: Exchange): void {
    if (!response || step.comparesStatusOnly) return;
    const apiVersion = new URLSearchParams(request.path.split("?")[1]).get("api-version") ?? "";
    const [scheme] = /^(?:HMAC|Bearer)/i.exec(request.headers.authorization ?? "") ?? [];
    this.recordings.push({
      name,
      recording: "npm run test:live",
      apiVersion,
      offered: serviceVersions.some((version) => version === apiVersion),
      ...(step.signing && { signing: step.signing }),
      ...(step.raw && { raw: true }),
      request: {
        method: request.method,
        path: this.#text(request.path),
        headers: {
          ...this.#headers(request.headers, requestHeaders),
          ...(scheme && { authorization: scheme.toLowerCase() }),
        },
        body: this.#body(request.text),
      },
      response: {
        status: response.status,
        headers: this.#headers(response.headers, harmlessHeaders),
        body: this.#body(response.text),
      },
    });
  }

  #headers(headers: Headers, kept: RegExp): Headers {
    const entries = Object.entries(headers).filter(([name]) => kept.test(name));
    return Object.fromEntries(entries.map(([name, value]) => [name, this.#header(name, value)]));
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
      const members = Object.entries(value as JsonObject);
      return Object.fromEntries(members.map(([key, member]) => [this.#text(key), this.#json(member, key)]));
    }
    if (typeof value !== "string") return value;
    if (/(?:On|At)$/.test(name)) return this.#isoTime(value);
    return name === "token" && value.length > 20 ? this.#token(value) : this.#text(value);
  }

  /** Keeps the form of a token: the names of its claims, its scopes and its times. */
  #token(token: string): string {
    const parts = token.split(".");
    if (parts.length !== 3) return "sanitized";
    const [header, claims] = parts.slice(0, 2).map((part) => {
      const members = Object.entries(JSON.parse(Buffer.from(part, "base64url").toString()) as JsonObject);
      const safe = Object.fromEntries(members.map(([name, value]) => [name, this.#claim(name, value)]));
      return Buffer.from(JSON.stringify(safe)).toString("base64url");
    });
    return `${header}.${claims}.${Buffer.from("sanitized").toString("base64url")}`;
  }

  #claim(name: string, value: JsonValue): JsonValue {
    if (["acsScope", "alg", "scp", "typ", "ver"].includes(name)) return value;
    if (["exp", "iat", "nbf", "csi"].includes(name)) {
      const seconds = Math.floor(this.#time(Number(value) * 1000) / 1000);
      return typeof value === "string" ? String(seconds) : seconds;
    }
    if (typeof value === "string") return value.search(guids) >= 0 ? this.#text(value) : "sanitized";
    return typeof value === "number" ? 0 : value;
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
      .replace(jwts, "sanitized")
      .replace(guids, (match) => this.#alias(match.toLowerCase()));
  }

  #alias(id: string): string {
    const next = `00000000-0000-4000-8000-${String(this.#aliases.size).padStart(12, "0")}`;
    const alias = this.#aliases.get(id) ?? next;
    this.#aliases.set(id, alias);
    return alias;
  }
}
