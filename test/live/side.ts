import { randomUUID } from "node:crypto";
import {
  bearerTokenAuthenticationPolicy,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type HttpMethods,
  type PipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import {
  type ApiVersion,
  CommunicationIdentityClient,
  createCommunicationAccessKeyCredentialPolicy,
} from "../../src/index.js";
import { toClientCall } from "../helpers/recorded/recordedCalls.js";
import { signedHeaders } from "../helpers/testing/sign.js";
import type { Signing, Step } from "./cases.js";
import type { Credential } from "./settings.js";

export interface Exchange {
  readonly request: {
    readonly origin: string;
    readonly method: string;
    /** Path and query. */
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly text: string;
  };
  /** Undefined if there was none. */
  readonly response?: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly text: string;
  };
}

/** The run ends here, but what it made is deleted. */
export class Stop extends Error {}

/** The service or the fake, with the values that stand for the placeholders of steps. */
export class Side {
  readonly values: Map<string, string>;
  readonly #endpoint: string;
  readonly #credential: Credential;
  readonly #httpClient: HttpClient;
  #last: Exchange | undefined;

  constructor(
    endpoint: string,
    credential: Credential,
    httpClient: HttpClient,
    values: Readonly<Record<string, string>>,
  ) {
    this.#endpoint = endpoint;
    this.#credential = credential;
    this.values = new Map(Object.entries(values));
    this.#httpClient = {
      sendRequest: async (request) => {
        // The client would otherwise get a stream, which can be read only once.
        delete request.streamResponseStatusCodes;
        const response = await httpClient.sendRequest(request);
        this.#last = exchangeOf(request, response);
        return response;
      },
    };
  }

  /** Sends a request. The exchange has no response if none arrives, or if an earlier step failed that it needs. */
  async send(step: Step): Promise<Exchange> {
    const { method, path, body = "", as, raw, signing } = step;
    this.#last = undefined;
    try {
      const target = this.#fill(path, encodeURIComponent);
      const json = typeof body === "string" ? body : JSON.stringify(body);
      const text = this.#fill(json, (value) => JSON.stringify(value).slice(1, -1));
      if (raw || signing) await this.#sendRaw(step, target, text);
      else await this.#callClient(method, target, text);
    } catch (error) {
      // The client rejects for an answer that isn't a success, which is compared like any other, and wraps errors.
      for (let cause = error; cause instanceof Error; cause = cause.cause)
        if (cause instanceof Stop) throw cause;
    }
    const none = { request: { origin: this.#endpoint, method, path, headers: {}, text: "" } };
    const exchange: Exchange = this.#last ?? none;
    const id = idOf(exchange.response?.text ?? "");
    if (as && id) {
      this.values.set(as, id);
      if (!this.values.has("unknown")) this.values.set("unknown", `${id.split("_")[0]}_${randomUUID()}`);
    }
    return exchange;
  }

  /** Fetches without credentials. Returns undefined unless it succeeds. */
  async fetchJson(path: string): Promise<unknown> {
    const { response } = await this.send({ method: "GET", path, signing: "none" });
    return response?.status === 200 ? JSON.parse(response.text) : undefined;
  }

  #fill(text: string, encode: (value: string) => string): string {
    return text.replace(/\{([\w .-]+)\}/g, (_, name: string) => {
      const value = this.values.get(name);
      if (value === undefined) throw new Error(`an earlier step made no ${name}`);
      return encode(value);
    });
  }

  async #callClient(method: string, path: string, body: string): Promise<void> {
    const options = {
      httpClient: this.#httpClient,
      apiVersion: new URLSearchParams(path.split("?")[1]).get("api-version") as ApiVersion,
      retryOptions: { maxRetries: 0 },
      clockCorrection: false,
    };
    const client = new CommunicationIdentityClient(this.#endpoint, this.#credential, options);
    await toClientCall({ method, path, body: body === "" ? null : JSON.parse(body) })(client);
  }

  async #sendRaw({ method, headers = {}, signing }: Step, target: string, body: string): Promise<void> {
    const request = createPipelineRequest({
      url: `${this.#endpoint}${target}`,
      method: method as HttpMethods,
      headers: createHttpHeaders({
        accept: "application/json",
        "x-ms-client-request-id": randomUUID(),
        ...(body !== "" && { "content-type": "application/json" }),
        ...headers,
        ...(signing && this.#wrongHeaders(signing, method, target, body)),
      }),
      allowInsecureConnection: this.#endpoint.startsWith("http:"),
      ...(body !== "" && { body }),
    });
    const pipeline = createEmptyPipeline();
    if (!signing) {
      pipeline.addPolicy(
        "key" in this.#credential
          ? createCommunicationAccessKeyCredentialPolicy(this.#credential)
          : bearerTokenAuthenticationPolicy({
              credential: this.#credential,
              scopes: "https://communication.azure.com//.default",
            }),
      );
    }
    await pipeline.sendRequest(this.#httpClient, request);
  }

  /** Signs without the client's code, so that only what is wrong on purpose is wrong. */
  #wrongHeaders(signing: Signing, method: string, target: string, body: string): Record<string, string> {
    if (signing === "garbageToken") return { authorization: "Bearer garbage" };
    if (signing === "none" || !("key" in this.#credential)) return {};
    const minutes = { oldDate: -16, newDate: 16 }[signing as string] ?? 0;
    const signed = signedHeaders({
      method,
      target,
      body: signing === "otherBody" ? "{}" : body,
      host: signing === "otherHost" ? "other.communication.azure.com" : new URL(this.#endpoint).host,
      key: signing === "wrongKey" ? Buffer.alloc(64, 1).toString("base64") : this.#credential.key,
      date: new Date(Date.now() + minutes * 60_000).toUTCString(),
    });
    if (signing === "noDate") delete signed["x-ms-date"];
    if (signing === "noContentHash") delete signed["x-ms-content-sha256"];
    return signed;
  }
}

/** Returns the id of a new user in a body. */
export function idOf(text: string): string | undefined {
  try {
    return JSON.parse(text)?.identity?.id;
  } catch {
    return undefined;
  }
}

function exchangeOf(request: PipelineRequest, response: PipelineResponse): Exchange {
  const { origin, pathname, search } = new URL(request.url);
  return {
    request: {
      origin,
      method: request.method,
      path: pathname + search,
      headers: request.headers.toJSON(),
      text: typeof request.body === "string" ? request.body : "",
    },
    response: {
      status: response.status,
      headers: response.headers.toJSON(),
      text: response.bodyAsText ?? "",
    },
  };
}
