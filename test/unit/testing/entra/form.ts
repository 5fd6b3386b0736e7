import type { FakeIdentityService } from "../../../../src/testing/index.js";

export interface TokenReply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests compare it with what they expect
  readonly body: any;
}

/** Sends a form to the token endpoint of the service's authority. */
export async function askToken(
  service: FakeIdentityService,
  form: Readonly<Record<string, string>>,
  tenant: string = service.entra.tenantId,
  headers: Readonly<Record<string, string>> = {},
): Promise<TokenReply> {
  const request = new Request(`${service.entra.authorityHost}/${tenant}/oauth2/v2.0/token`, {
    method: "POST",
    headers,
    body: new URLSearchParams(form),
  });
  const response = await service.fetch(request);
  return { status: response.status, body: await response.json() };
}

/** Returns the form fields that authenticate the client with its secret. */
export function clientForm({ entra }: FakeIdentityService): Record<"client_id" | "client_secret", string> {
  return { client_id: entra.clientId, client_secret: entra.clientSecret };
}

export const clientCredentials = {
  grant_type: "client_credentials",
  scope: "https://communication.azure.com//.default",
} as const;

/** Returns the JSON at a path of the service's authority, such as `/common/…`. */
// biome-ignore lint/suspicious/noExplicitAny: tests compare it with what they expect
export async function readJson({ entra, fetch }: FakeIdentityService, path: string): Promise<any> {
  return (await fetch(entra.authorityHost + path)).json();
}

/** Returns the claims of a JWT, without verifying it. */
// biome-ignore lint/suspicious/noExplicitAny: tests compare them with what they expect
export function decode(token: string): any {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}
