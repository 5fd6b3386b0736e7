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
  AzureKeyCredential,
  CommunicationIdentityClient,
  createCommunicationAccessKeyCredentialPolicy,
} from "../../src/index.js";
import { callOf } from "../helpers/recordedCalls.js";
import type { JsonValue } from "../recorded/recorded.js";
import { signedHeaders } from "../testing/sign.js";
import type { Credential } from "./settings.js";
import type { Signing, Step } from "./steps.js";

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

/** Sees a request before it is sent, and returns what to call with the response. May reject, so that it isn't sent. */
export type Watcher = (request: PipelineRequest) => ((response: PipelineResponse) => void) | undefined;

/** The resource: where it accepts tokens, and for what audience. */
const tokenScope = "https://communication.azure.com//.default";

/** The service or the fake, with the values that stand for the placeholders of steps. */
export class Side {
  readonly endpoint: string;
  readonly credential: Credential;
  readonly values: Map<string, string>;
  readonly #httpClient: HttpClient;
  #exchanges: Exchange[] = [];

  constructor(
    endpoint: string,
    credential: Credential,
    httpClient: HttpClient,
    values: Readonly<Record<string, string>>,
    watch: Watcher = () => undefined,
  ) {
    this.endpoint = endpoint;
    this.credential = credential;
    this.values = new Map(Object.entries(values));
    this.#httpClient = {
      sendRequest: async (request) => {
        // The client would otherwise get a stream, which can be read only once.
        delete request.streamResponseStatusCodes;
        const done = watch(request);
        const response = await httpClient.sendRequest(request);
        this.#exchanges.push(exchangeOf(request, response));
        done?.(response);
        return response;
      },
    };
  }

  /** Sends a request. Rejects if no response arrives, or if a placeholder has no value because an earlier step failed. */
  async send(step: Step): Promise<Exchange> {
    this.#exchanges = [];
    const path = this.fill(step.path, encodeURIComponent);
    const { body } = step;
    const text =
      body === undefined
        ? ""
        : this.fill(typeof body === "string" ? body : JSON.stringify(body), (value) =>
            JSON.stringify(value).slice(1, -1),
          );
    if (step.byClient) await this.#callClient(step.method, path, text === "" ? undefined : JSON.parse(text));
    else await this.#sendRaw(step, path, text);
    const exchange = this.#exchanges.at(-1);
    if (!exchange) throw new Error("Nothing was sent");
    this.#learn(step, exchange);
    return exchange;
  }

  /** Replaces the placeholders. */
  fill(text: string, encode: (value: string) => string = (value) => value): string {
    return text.replace(/\{([\w .-]+)\}/g, (_, name: string) => {
      const value = this.values.get(name);
      if (value === undefined) throw new Error(`an earlier step made no ${name}`);
      return encode(value);
    });
  }

  async #callClient(method: string, path: string, body: JsonValue | undefined): Promise<void> {
    const apiVersion = new URLSearchParams(path.split("?")[1]).get("api-version") as ApiVersion;
    const options = {
      httpClient: this.#httpClient,
      apiVersion,
      retryOptions: { maxRetries: 0 },
      clockCorrection: false,
    };
    const { credential } = this;
    const client =
      "key" in credential
        ? new CommunicationIdentityClient(this.endpoint, new AzureKeyCredential(credential.key), options)
        : new CommunicationIdentityClient(this.endpoint, credential.tokenCredential, options);
    const call = callOf({ method, path, ...(body !== undefined && { body }) });
    // The client rejects for an answer that isn't a success, which is compared like any other.
    await call(client).catch((error: unknown) => {
      if (this.#exchanges.length === 0) throw error;
    });
  }

  async #sendRaw(
    { method, headers = {}, signing = "valid" }: Step,
    path: string,
    body: string,
  ): Promise<void> {
    const request = createPipelineRequest({
      url: `${this.endpoint}${path}`,
      method: method as HttpMethods,
      headers: createHttpHeaders({
        accept: "application/json",
        "x-ms-client-request-id": randomUUID(),
        ...(body !== "" && { "content-type": "application/json" }),
        ...headers,
        ...this.#wrongHeaders(signing, method, path, body),
      }),
      allowInsecureConnection: this.endpoint.startsWith("http:"),
      ...(body !== "" && { body }),
    });
    const pipeline = createEmptyPipeline();
    if (signing === "valid") {
      pipeline.addPolicy(
        "key" in this.credential
          ? createCommunicationAccessKeyCredentialPolicy(new AzureKeyCredential(this.credential.key))
          : bearerTokenAuthenticationPolicy({
              credential: this.credential.tokenCredential,
              scopes: tokenScope,
            }),
      );
    }
    await pipeline.sendRequest(this.#httpClient, request);
  }

  /** Signs without the client's code, so that only what is wrong on purpose is wrong. */
  #wrongHeaders(signing: Signing, method: string, target: string, body: string): Record<string, string> {
    if (signing === "garbageToken") return { authorization: "Bearer garbage" };
    if (signing === "valid" || signing === "none" || !("key" in this.credential)) return {};
    const { host } = new URL(this.endpoint);
    const minutes = { oldDate: -16, newDate: 16 }[signing as string];
    const signed = signedHeaders({
      method,
      target,
      body: signing === "otherBody" ? "{}" : body,
      host: signing === "otherHost" ? "other.communication.azure.com" : host,
      key: signing === "wrongKey" ? Buffer.alloc(64, 1).toString("base64") : this.credential.key,
      date: new Date(Date.now() + (minutes ?? 0) * 60_000).toUTCString(),
    });
    if (signing === "noDate") delete signed["x-ms-date"];
    if (signing === "noContentHash") delete signed["x-ms-content-sha256"];
    return signed;
  }

  /** Keeps the id of a new user, and of one that never existed, under their names. */
  #learn({ as }: Step, { response }: Exchange): void {
    const id = response && idOf(response.text);
    if (!as || !id) return;
    this.values.set(as, id);
    if (!this.values.has("unknown"))
      this.values.set("unknown", `${id.slice(0, id.indexOf("_"))}_${randomUUID()}`);
  }

  /** Fetches without credentials. Returns undefined unless it succeeds. */
  async fetchJson(path: string): Promise<unknown> {
    try {
      const request = createPipelineRequest({
        url: `${this.endpoint}${path}`,
        allowInsecureConnection: this.endpoint.startsWith("http:"),
      });
      const { status, bodyAsText } = await this.#httpClient.sendRequest(request);
      return status === 200 ? JSON.parse(bodyAsText ?? "") : undefined;
    } catch (error) {
      if (error instanceof Stop) throw error;
      return undefined;
    }
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
