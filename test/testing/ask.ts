import type { FakeIdentityService } from "../../src/testing/index.js";
import { signedHeaders } from "./sign.js";

/** A request from a test to a service. */
export interface Question {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Sent as JSON, unless it's a string. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the service's access key. */
  readonly key?: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests compare it with what they expect
  readonly body: any;
}

/** Sends a signed request through the service's `fetch`. */
export async function ask(
  service: FakeIdentityService,
  { method, target, body, headers, key }: Question,
): Promise<Reply> {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const url = new URL(target, service.endpoint);
  const signed = signedHeaders({ method, target, body: text, host: url.host, key: key ?? service.accessKey });
  const request = new Request(url, {
    method,
    headers: { ...(text ? { "content-type": "application/json" } : {}), ...signed, ...headers },
    ...(text ? { body: text } : {}),
  });
  return replyOf(await service.fetch(request));
}

export async function replyOf(response: Response): Promise<Reply> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
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
