// A policy with a credential of a test, without a client and its retries.
import type { AccessToken, GetTokenOptions } from "@azure/core-auth";
import {
  createHttpHeaders,
  createPipelineRequest,
  type PipelinePolicy,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import { bearerTokenPolicy } from "../../../src/pipeline/bearerTokenPolicy.js";

export type Answer = { readonly status: number; readonly headers?: Record<string, string> };

/** Sends one call and returns the `Authorization` header of each attempt. */
export async function send(policy: PipelinePolicy, ...answers: readonly Answer[]): Promise<string[]> {
  const sent: string[] = [];
  const request = createPipelineRequest({ url: "https://a.example" });
  await policy.sendRequest(request, async () => {
    sent.push(request.headers.get("Authorization") ?? "");
    const { status, headers = {} } = answers[sent.length - 1] ?? { status: 200 };
    return { request, status, headers: createHttpHeaders(headers) } satisfies PipelineResponse;
  });
  return sent;
}

/**
 * Returns a policy, and what its credential was asked for. The credential gives `token-1`, `token-2`, …, each for an hour,
 * with these changes or errors in turn. The last one stays.
 */
export function credentialOf(...tokens: readonly (Partial<AccessToken> | Error)[]): {
  readonly asked: readonly GetTokenOptions[];
  readonly policy: PipelinePolicy;
} {
  const asked: GetTokenOptions[] = [];
  const getToken = async (_: unknown, options: GetTokenOptions = {}): Promise<AccessToken> => {
    const given = tokens[Math.min(asked.length, tokens.length - 1)];
    asked.push(options);
    if (given instanceof Error) throw given;
    return { token: `token-${asked.length}`, expiresOnTimestamp: Date.now() + 3_600_000, ...given };
  };
  return { asked, policy: bearerTokenPolicy({ getToken }) };
}
