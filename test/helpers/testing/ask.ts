import type { FakeIdentityService } from "../../../src/testing/index.js";
import { signedHeaders, type ToSign } from "./sign.js";

/** A request from a test to a service. */
export interface Question {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Sent as JSON, unless it's a string or bytes. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the service's access key. */
  readonly key?: string;
  /** What the signature covers, where that isn't what is sent. */
  readonly signed?: Partial<ToSign>;
  /** Sent instead of a signature. */
  readonly bearer?: string | undefined;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** The header x-ms-emulator-diagnosis. */
  readonly diagnosis: string | null;
  /** The header x-ms-emulator-topic. */
  readonly topic: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: tests compare it with what they expect
  readonly body: any;
}

/** Sends a signed request through the service's `fetch`. */
export async function ask(
  service: FakeIdentityService,
  { method, target, body, headers, key = service.accessKey, signed, bearer }: Question,
): Promise<Reply> {
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  const content = body === undefined ? "" : isRaw ? body : JSON.stringify(body);
  const url = new URL(target, service.endpoint);
  const request = new Request(url, {
    method,
    headers: {
      ...(content && { "content-type": "application/json" }),
      ...signedHeaders({ method, target, body: content, host: url.host, key, ...signed }),
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      ...headers,
    },
    ...(content && { body: content as BodyInit }),
  });
  return replyOf(await service.fetch(request));
}

async function replyOf(response: Response): Promise<Reply> {
  const { status, headers } = response;
  const text = await response.text();
  return {
    status,
    headers,
    diagnosis: headers.get("x-ms-emulator-diagnosis"),
    topic: headers.get("x-ms-emulator-topic"),
    body: text ? JSON.parse(text) : undefined,
  };
}

/** Creates a user and returns its id. */
export async function makeUser(service: FakeIdentityService): Promise<string> {
  const { body } = await ask(service, { method: "POST", target: "/identities?api-version=2023-10-01" });
  return body.identity.id;
}

/** Issues a token and returns it. */
export async function makeToken(
  service: FakeIdentityService,
  id: string,
  body: object = { scopes: ["chat"] },
): Promise<string> {
  const target = `/identities/${encodeURIComponent(id)}/:issueAccessToken?api-version=2023-10-01`;
  return (await ask(service, { method: "POST", target, body })).body.token;
}

/** Revokes a user's tokens and returns the status. */
export async function revokeTokens(service: FakeIdentityService, id: string): Promise<number> {
  const target = `/identities/${encodeURIComponent(id)}/:revokeAccessTokens?api-version=2023-10-01`;
  return (await ask(service, { method: "POST", target })).status;
}

/** Deletes a user and returns the status. */
export async function deleteUser(service: FakeIdentityService, id: string): Promise<number> {
  const target = `/identities/${encodeURIComponent(id)}?api-version=2023-10-01`;
  return (await ask(service, { method: "DELETE", target })).status;
}
